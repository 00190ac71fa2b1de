import type { ReasoningEffort } from '../request/index.js';
import type { ProviderRequest } from './provider.js';
import type { SdkCallOptions } from './wire.js';

/** Models that think within a budget of tokens and have no effort setting. */
const BY_BUDGET = /claude-(?:3-7|(?:opus|sonnet)-4(?:-[01])?(?:-\d{8})?$|(?:sonnet|haiku)-4-5)/;
/** A model that has an effort setting, but does not choose itself how much it thinks. */
const BY_EFFORT_ALONE = /claude-opus-4-5/;

/** The minimum budget. */
const BUDGET_MIN = 1024;

const SHARES: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 0,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.8,
  max: 0.8,
};

/**
 * Sets how much a model thinks. The cap on its output stays the same and includes thoughts.
 *
 * @throws Error if the cap leaves no room for thoughts
 */
export function withEffort(
  options: SdkCallOptions,
  { model, reasoning_effort: effort }: ProviderRequest,
): SdkCallOptions {
  if (effort === undefined) return options;
  const given = options.providerOptions?.['anthropic'];
  const asked = (more: Record<string, unknown>): SdkCallOptions =>
    ({
      ...options,
      providerOptions: { ...options.providerOptions, anthropic: { ...given, ...more } },
    }) as SdkCallOptions;
  if (effort === 'none') return asked({ thinking: { type: 'disabled' } });
  const level = effort === 'minimal' ? 'low' : effort;
  if (BY_EFFORT_ALONE.test(model)) return asked({ effort: level });
  if (!BY_BUDGET.test(model)) return asked({ effort: level, thinking: { type: 'adaptive', display: 'summarized' } });
  const cap = options.maxOutputTokens ?? 0;
  const budgetTokens = Math.max(BUDGET_MIN, Math.floor(cap * SHARES[effort]));
  if (budgetTokens >= cap) {
    throw new Error(
      `${model} thinks with at least ${BUDGET_MIN} tokens: with reasoning_effort, max_tokens must be more`,
    );
  }
  // The library adds the budget to the cap.
  return { ...asked({ thinking: { type: 'enabled', budgetTokens } }), maxOutputTokens: cap - budgetTokens };
}
