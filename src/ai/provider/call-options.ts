import { textOf } from '../request/index.js';
import type { SdkCallOptions } from './wire.js';
import type { ProviderRequest } from './provider.js';

type Prompt = SdkCallOptions['prompt'];
type ResponseFormat = NonNullable<SdkCallOptions['responseFormat']>;
type SdkSchema = NonNullable<Extract<ResponseFormat, { type: 'json' }>['schema']>;

/** Converts the universal request to the AI SDK's options. What the request does not name is not sent. */
export function callOptions(request: ProviderRequest): SdkCallOptions {
  const { schema } = request;
  return {
    prompt: promptOf(request),
    maxOutputTokens: request.maxOutputTokens,
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    ...(request.top_p !== undefined && { topP: request.top_p }),
    ...(request.top_k !== undefined && { topK: request.top_k }),
    ...(request.presence_penalty !== undefined && { presencePenalty: request.presence_penalty }),
    ...(request.frequency_penalty !== undefined && { frequencyPenalty: request.frequency_penalty }),
    ...(request.seed !== undefined && { seed: request.seed }),
    ...(request.stop !== undefined && { stopSequences: [...request.stop] }),
    ...(isObjectSchema(schema) && { responseFormat: { type: 'json' as const, schema, name: 'answer' } }),
  };
}

function promptOf(request: ProviderRequest): Prompt {
  return request.messages.map((message): Prompt[number] => {
    const text = textOf(message);
    if (message.role === 'system') return { role: 'system', content: text };
    return { role: message.role, content: [{ type: 'text', text }] };
  });
}

/** `true` allows everything and `false` nothing: neither needs to be sent. */
function isObjectSchema(schema: unknown): schema is SdkSchema {
  return typeof schema === 'object' && schema !== null;
}
