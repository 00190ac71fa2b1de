import { textOf, type MediaPart, type Message } from '../request/index.js';
import type { SdkCallOptions } from './wire.js';
import type { ProviderRequest } from './provider.js';

type Prompt = SdkCallOptions['prompt'];
type UserPart = Extract<Prompt[number], { role: 'user' }>['content'][number];
type ResponseFormat = NonNullable<SdkCallOptions['responseFormat']>;
type SdkSchema = NonNullable<Extract<ResponseFormat, { type: 'json' }>['schema']>;
type SdkTool = NonNullable<SdkCallOptions['tools']>[number];

/** Converts the universal request to the AI SDK's options. What the request does not name is not sent. */
export function callOptions(request: ProviderRequest): SdkCallOptions {
  const { schema } = request;
  return {
    prompt: request.messages.map(messageOf),
    maxOutputTokens: request.maxOutputTokens,
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    ...(request.top_p !== undefined && { topP: request.top_p }),
    ...(request.top_k !== undefined && { topK: request.top_k }),
    ...(request.presence_penalty !== undefined && { presencePenalty: request.presence_penalty }),
    ...(request.frequency_penalty !== undefined && { frequencyPenalty: request.frequency_penalty }),
    ...(request.seed !== undefined && { seed: request.seed }),
    ...(request.stop !== undefined && { stopSequences: [...request.stop] }),
    ...(isObjectSchema(schema) && { responseFormat: { type: 'json' as const, schema, name: 'answer' } }),
    ...toolOptions(request),
  };
}

function messageOf(message: Message): Prompt[number] {
  const { role, content } = message;
  if (role === 'system') return { role, content: textOf(message) };
  if (role === 'assistant' || typeof content === 'string' || content.every(({ type }) => type === 'text')) {
    return { role, content: [{ type: 'text', text: textOf(message) }] };
  }
  return { role, content: content.map((part) => (part.type === 'text' ? part : fileOf(part))) };
}

function fileOf({ mediaType, url, data = '', name }: MediaPart): UserPart {
  return {
    type: 'file',
    mediaType,
    data: url === undefined ? data : new URL(url),
    ...(name !== undefined && { filename: name }),
  };
}

function toolOptions({ tools, tool_choice: choice }: ProviderRequest): Pick<SdkCallOptions, 'tools' | 'toolChoice'> {
  if (tools === undefined) return {};
  return {
    tools: tools.map(({ name, description, parameters }): SdkTool => ({
      type: 'function',
      name,
      inputSchema: parameters,
      ...(description !== undefined && { description }),
    })),
    ...(choice !== undefined && {
      toolChoice: typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.name },
    }),
  };
}

/** `true` allows everything and `false` nothing: neither needs to be sent. */
function isObjectSchema(schema: unknown): schema is SdkSchema {
  return typeof schema === 'object' && schema !== null;
}
