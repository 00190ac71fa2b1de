import type { ReasoningEffort } from '../request/index.js';
import type { ProviderRequest } from './provider.js';
import type { SdkCallOptions } from './wire.js';

/** Models before Gemini 3 think within a budget of tokens, later ones at a level. */
const BY_BUDGET = /gemini-2/;

const BUDGETS: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 512,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};

const LEVELS: Readonly<Record<ReasoningEffort, 'minimal' | 'low' | 'medium' | 'high'>> = {
  none: 'minimal',
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};

/** Sets how much a model thinks; it then includes its thoughts. */
export function withThinking(options: SdkCallOptions, request: ProviderRequest): SdkCallOptions {
  const { reasoning_effort: effort, model } = request;
  if (effort === undefined) return options;
  const much = BY_BUDGET.test(model) ? { thinkingBudget: BUDGETS[effort] } : { thinkingLevel: LEVELS[effort] };
  const thinkingConfig = { ...much, ...(effort !== 'none' && { includeThoughts: true }) };
  return { ...options, providerOptions: { ...options.providerOptions, google: { thinkingConfig } } };
}
