import type { Wire } from './wire.js';
import { openaiBatches } from './openai-batch.js';
import { chatBodies } from './openai-bodies.js';
import { chatAssembly } from './openai-stream.js';
import { chatErrorText, choiceError, classifyChat, effortOf, OPENAI_MODES, readChat } from './openai-chat.js';
import { readOpenaiVectors } from './embeddings.js';
import { refusedByChat } from './media.js';
import { forStrictMode } from '../schema/index.js';

/** OpenAI's chat completions. */
export const openai: Wire = {
  kind: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  needsKey: true,
  batches: openaiBatches,
  requestIdHeader: 'x-request-id',
  vendor: () => ({ id: 'openai' }),
  telemetryName: 'openai',
  knows: (model) => /^(gpt-|o[0-9]|chatgpt-|codex-|ft:|text-embedding-)/.test(model),
  async model(settings, modelId) {
    const { createOpenAI } = await import('@ai-sdk/openai');
    return createOpenAI({
      apiKey: settings.apiKey,
      baseURL: settings.baseUrl,
      fetch: settings.fetch,
    }).chat(modelId);
  },
  embeddings: {
    textsMax: 2048,
    tokensMax: 300_000,
    async model(settings, modelId) {
      const { createOpenAI } = await import('@ai-sdk/openai');
      const { apiKey, baseUrl: baseURL, fetch } = settings;
      return createOpenAI({ apiKey, baseURL, fetch }).embedding(modelId);
    },
    options: (dimensions) => ({ openai: { dimensions } }),
    read: readOpenaiVectors,
  },
  schemaModes: OPENAI_MODES,
  schemaFor: (schema, mode) => (mode === 'strict' ? forStrictMode(schema) : schema),
  adapt({ maxOutputTokens, ...options }, request, answer) {
    // Reasoning models reject `max_tokens`; all of OpenAI's accept `max_completion_tokens`, which includes reasoning.
    const strictJsonSchema = answer?.mode === 'strict';
    return {
      ...options,
      providerOptions: {
        openai: {
          maxCompletionTokens: maxOutputTokens ?? null,
          strictJsonSchema,
          ...effortOf(request),
        },
      },
    };
  },
  caches: 'prefix',
  refusesMedia: refusedByChat,
  assembly: chatAssembly,
  streamsMayLack: { endMark: false, usage: false },
  read: readChat,
  choiceError,
  classify: classifyChat,
  errorText: chatErrorText,
  bodies: chatBodies,
};
