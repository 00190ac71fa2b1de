import type { AnswerMode } from '../schema/index.js';
import { answerOptions } from './answer-mode.js';
import { promptOf } from './prompt.js';
import type { SdkCallOptions } from './wire.js';
import type { ProviderRequest } from './provider.js';

type SdkTool = NonNullable<SdkCallOptions['tools']>[number];

/** Converts the universal request to the AI SDK's options. What the request does not name is not sent. */
export function callOptions(request: ProviderRequest, answer?: AnswerMode): SdkCallOptions {
  return {
    prompt: promptOf(request.messages),
    maxOutputTokens: request.maxOutputTokens,
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    ...(request.top_p !== undefined && { topP: request.top_p }),
    ...(request.top_k !== undefined && { topK: request.top_k }),
    ...(request.presence_penalty !== undefined && { presencePenalty: request.presence_penalty }),
    ...(request.frequency_penalty !== undefined && { frequencyPenalty: request.frequency_penalty }),
    ...(request.seed !== undefined && { seed: request.seed }),
    ...(request.stop !== undefined && { stopSequences: [...request.stop] }),
    ...withAnswer(toolOptions(request), answer),
  };
}

/** Adds the function that stands for the answer: the model calls it, or first one of the request's own functions. */
function withAnswer(tools: ReturnType<typeof toolOptions>, answer: AnswerMode | undefined): Partial<SdkCallOptions> {
  const bound = answerOptions(answer);
  if (tools.tools === undefined || bound.tools === undefined) return { ...tools, ...bound };
  return { ...bound, tools: [...tools.tools, ...bound.tools], toolChoice: { type: 'required' } };
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
