import type { Draft, Ending } from '../journal/index.js';
import type { ProviderFailure } from '../provider/index.js';
import type { CallFailureCode, FallbackReason } from './call.js';
import type { ProviderLane } from './provider-lane.js';

/** The codes of failures and of paid answers that a reason stands for. */
const CODES: Readonly<Record<FallbackReason, readonly (ProviderFailure['code'] | CallFailureCode)[]>> = {
  content_filter: ['content_filtered', 'filtered', 'refused'],
  context_length: ['request_too_large'],
  truncated: ['truncated'],
};

/** Whether a failure with this code makes a call go to another provider. */
export function fallsBack(reasons: readonly FallbackReason[] | undefined, code: string): boolean {
  return reasons?.some((reason) => CODES[reason].some((one) => one === code)) ?? false;
}

/** The lanes that remain after a draft: providers whose answer was not a success are not called again. */
export function lanesLeft(lanes: readonly ProviderLane[], draft: Draft | undefined): readonly ProviderLane[] {
  const { passed = [] } = draft ?? {};
  return passed.length === 0 ? lanes : lanes.filter(({ name }) => !passed.includes(name));
}

/**
 * Returns what to pass to another provider after a paid answer.
 *
 * @param before the draft with which the answer was requested
 * @returns undefined if the call ends with the answer
 */
export function fallbackDraft(
  ending: Ending,
  before: Draft | undefined,
  lanes: readonly ProviderLane[],
  model: string,
  reasons: readonly FallbackReason[] | undefined,
): Draft | undefined {
  if (ending.kind !== 'failed' || !fallsBack(reasons, ending.code)) return undefined;
  const { code, message, text, provider, tally } = ending;
  const draft: Draft = { kind: 'elsewhere', code, message, text, tally, passed: [...(before?.passed ?? []), provider] };
  return lanesLeft(lanes, draft).some((lane) => lane.provider.serves(model)) ? draft : undefined;
}
