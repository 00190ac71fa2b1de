import type { DoubtSum } from '../books/index.js';
import type { Doubt } from '../journal/index.js';
import { showAmount, type Nano } from '../money/index.js';
import { failed, stopped, type AiCallOptions, type CallResult } from './call.js';

/**
 * Decides on a call in doubt, as `in_doubt` says.
 *
 * @param inDoubt all calls of its pipeline that are in doubt
 * @returns the call's result; `again`: it is to be made again, and what to tell once it is
 */
export async function judgedDoubt(
  { worst, tries }: Doubt,
  context: Pick<AiCallOptions, 'stage' | 'pipeline' | 'inDoubt'>,
  inDoubt: () => Promise<DoubtSum>,
): Promise<CallResult | { readonly kind: 'again'; readonly message: string }> {
  const what =
    tries !== undefined
      ? 'was in a batch that brought no certain result of it'
      : 'was under way when its process ended';
  const one = `a call of stage ${context.stage} ${what}: it may have been answered and billed`;
  switch (context.inDoubt ?? 'retry') {
    case 'retry': {
      const price = `${priceOf(worst)}; it is made again, and so is each like it, at its own price`;
      return { kind: 'again', message: `${one}, ${price}` };
    }
    case 'hold': {
      const { count, ofBatches, atMost, unpriced } = await inDoubt();
      const many = `${count} calls of pipeline ${context.pipeline} ${whatOf(count, ofBatches)}: they may have been answered and billed`;
      const price =
        unpriced === 0 ? priceOf(atMost) : `${priceOf(atMost)}, and ${unpriced} of them at an unknown price`;
      const message = count > 1 ? `${many}, ${price}` : `${one}, ${priceOf(worst)}`;
      return stopped('in-doubt', `${message}; in_doubt is hold: decide, and resume with in_doubt retry or fail`);
    }
    case 'fail':
      return failed('in_doubt', `${one}, ${priceOf(worst)}`);
  }
}

/** What became of calls, of which so many were in batches. */
function whatOf(count: number, ofBatches: number): string {
  const [batched, cut] = ['in batches that brought no certain result of them', 'under way when their process ended'];
  if (ofBatches === 0) return `were ${cut}`;
  return ofBatches === count ? `were ${batched}` : `were ${batched} (${ofBatches}), or ${cut} (${count - ofBatches})`;
}

function priceOf(worst: Nano | null): string {
  return worst === null ? 'at an unknown price' : `at most ${showAmount(worst)}`;
}
