import { chargeOfDollars } from '../money/nano.js';
import type { Wire } from './wire.js';
import { chatAssembly } from './openai-stream.js';
import { chatErrorText, choiceError, classifyChat, readChat } from './openai-chat.js';
import { at } from './read-json.js';
import { isStrictSchema } from './strict-schema.js';

/** Any server with OpenAI's chat completions: Ollama, vLLM, OpenRouter, Azure and others, by `base_url`. */
export const openaiCompatible: Wire = {
  kind: 'openai-compatible',
  baseUrl: undefined,
  needsKey: false,
  requestIdHeader: 'x-request-id',
  vendor: (url) => ({ url }),
  knows: () => true,
  async model(settings, modelId) {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
    const { apiKey } = settings;
    return createOpenAICompatible({
      name: 'compatible',
      baseURL: settings.baseUrl,
      fetch: settings.fetch,
      supportsStructuredOutputs: true,
      includeUsage: true,
      ...(apiKey !== '' && { apiKey }),
    }).chatModel(modelId);
  },
  adapt: (options, request) => ({
    ...options,
    providerOptions: { compatible: { strictJsonSchema: isStrictSchema(request.schema) } },
  }),
  assembly: chatAssembly,
  streamsMayLack: { endMark: true, usage: true },
  read(body) {
    const reading = readChat(body);
    // OpenRouter bills this amount, whichever provider served.
    const cost = at(body, 'usage', 'cost');
    if (reading === undefined || typeof cost !== 'number' || !Number.isFinite(cost) || cost < 0) return reading;
    return { ...reading, reportedCost: chargeOfDollars(cost) };
  },
  choiceError,
  classify: classifyChat,
  errorText: chatErrorText,
};
