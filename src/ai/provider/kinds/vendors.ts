import type { VendorInConfig } from '../../../config/kinds/index.js';
import { anthropic } from '../anthropic.js';
import { google } from '../google.js';
import { openai } from '../openai.js';
import { openaiCompatible } from '../openai-compatible.js';

/** A server with OpenAI's chat completions. */
function compatible(name: string, baseUrl: string, key: string, serves: VendorInConfig['serves']): VendorInConfig {
  return { name, kind: openaiCompatible.kind, baseUrl, keys: [key], serves };
}

/** Services that a config need not name: their addresses, the environment variables of their keys, and their models. */
export const vendors: readonly VendorInConfig[] = [
  { name: openai.kind, kind: openai.kind, keys: ['OPENAI_API_KEY'], serves: (model) => openai.knows(model) },
  {
    name: anthropic.kind,
    kind: anthropic.kind,
    keys: ['ANTHROPIC_API_KEY'],
    serves: (model) => anthropic.knows(model),
  },
  {
    name: google.kind,
    kind: google.kind,
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    serves: (model) => google.knows(model),
  },
  compatible('openrouter', 'https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY', (model) =>
    /^(?!models\/)[^/]+\/[^/]/.test(model),
  ),
  compatible('mistral', 'https://api.mistral.ai/v1', 'MISTRAL_API_KEY', (model) =>
    /^(?:mistral|ministral|magistral|codestral|devstral|pixtral|open-mi)/.test(model),
  ),
  compatible('deepseek', 'https://api.deepseek.com/v1', 'DEEPSEEK_API_KEY', (model) => /^deepseek-/.test(model)),
  compatible('xai', 'https://api.x.ai/v1', 'XAI_API_KEY', (model) => /^grok-/.test(model)),
];
