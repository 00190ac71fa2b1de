import { chargeOfDollars, type Nano } from '../money/nano.js';
import type { Wire } from './wire.js';
import { openaiBatches } from './openai-batch.js';
import { chatBodies } from './openai-bodies.js';
import { chatAssembly } from './openai-stream.js';
import { chatErrorText, choiceError, classifyChat, effortOf, OPENAI_MODES, readChat } from './openai-chat.js';
import { at } from './read-json.js';
import { readOpenaiVectors } from './embeddings.js';
import { refusedByChat } from './media.js';
import { forStrictMode } from '../schema/index.js';

/** Any server with OpenAI's chat completions: Ollama, vLLM, OpenRouter, Azure and others, by `base_url`. */
export const openaiCompatible: Wire = {
  kind: 'openai-compatible',
  baseUrl: undefined,
  needsKey: false,
  batches: openaiBatches,
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
  embeddings: {
    textsMax: 2048,
    tokensMax: 300_000,
    async model({ apiKey, baseUrl: baseURL, fetch }, modelId) {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      const key = apiKey !== '' && { apiKey };
      return createOpenAICompatible({
        name: 'compatible',
        baseURL,
        fetch,
        ...key,
      }).embeddingModel(modelId);
    },
    options: (dimensions) => ({ compatible: { dimensions } }),
    read(body) {
      const reading = readOpenaiVectors(body);
      return reading && { ...reading, reportedCost: billedCost(at(body, 'usage')) };
    },
  },
  schemaModes: OPENAI_MODES,
  schemaFor: (schema, mode) => (mode === 'strict' ? forStrictMode(schema) : schema),
  adapt: (options, request, answer) => ({
    ...options,
    providerOptions: {
      compatible: {
        strictJsonSchema: answer?.mode === 'strict',
        ...effortOf(request),
      },
    },
  }),
  refusesMedia: refusedByChat,
  assembly: chatAssembly,
  streamsMayLack: { endMark: true, usage: true },
  read(body) {
    const reading = readChat(body);
    if (reading === undefined) return undefined;
    const cost = billedCost(at(body, 'usage'));
    return cost === undefined ? reading : { ...reading, reportedCost: cost };
  },
  choiceError,
  classify: classifyChat,
  errorText: chatErrorText,
  bodies: chatBodies,
};

/** The cost that OpenRouter bills, whichever provider served; if the user's own key for that provider is used, it bills as well. */
function billedCost(usage: unknown): Nano | undefined {
  const cost = dollarsAt(usage, 'cost');
  if (at(usage, 'is_byok') !== true) return cost;
  const upstream = dollarsAt(usage, 'cost_details', 'upstream_inference_cost');
  return cost === undefined || upstream === undefined ? undefined : cost + upstream;
}

function dollarsAt(usage: unknown, ...path: readonly string[]): Nano | undefined {
  const amount = at(usage, ...path);
  return typeof amount === 'number' && Number.isFinite(amount) && amount >= 0 ? chargeOfDollars(amount) : undefined;
}
