import type { Wire } from './wire.js';
import { chatAssembly } from './openai-stream.js';
import { chatErrorText, choiceError, classifyChat, readChat } from './openai-chat.js';
import { isStrictSchema } from './strict-schema.js';

/** OpenAI's chat completions. */
export const openai: Wire = {
  kind: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  needsKey: true,
  requestIdHeader: 'x-request-id',
  vendor: () => ({ id: 'openai' }),
  knows: (model) => /^(gpt-|o[0-9]|chatgpt-|codex-|ft:)/.test(model),
  async model(settings, modelId) {
    const { createOpenAI } = await import('@ai-sdk/openai');
    return createOpenAI({ apiKey: settings.apiKey, baseURL: settings.baseUrl, fetch: settings.fetch }).chat(modelId);
  },
  adapt({ maxOutputTokens, ...options }, request) {
    // Reasoning models reject `max_tokens`; all of OpenAI's accept `max_completion_tokens`, which includes reasoning.
    const strictJsonSchema = isStrictSchema(request.schema);
    return {
      ...options,
      providerOptions: { openai: { maxCompletionTokens: maxOutputTokens ?? null, strictJsonSchema } },
    };
  },
  assembly: chatAssembly,
  streamsMayLack: { endMark: false, usage: false },
  read: readChat,
  choiceError,
  classify: classifyChat,
  errorText: chatErrorText,
};
