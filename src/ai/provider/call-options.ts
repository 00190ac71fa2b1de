import { textOf } from '../request/index.js';
import type { AnswerMode } from '../schema/index.js';
import { answerOptions } from './answer-mode.js';
import type { SdkCallOptions } from './wire.js';
import type { ProviderRequest } from './provider.js';

type Prompt = SdkCallOptions['prompt'];

/** Converts the universal request to the AI SDK's options. What the request does not name is not sent. */
export function callOptions(request: ProviderRequest, answer?: AnswerMode): SdkCallOptions {
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
    ...answerOptions(answer),
  };
}

function promptOf(request: ProviderRequest): Prompt {
  return request.messages.map((message): Prompt[number] => {
    const text = textOf(message);
    if (message.role === 'system') return { role: 'system', content: text };
    return { role: message.role, content: [{ type: 'text', text }] };
  });
}
