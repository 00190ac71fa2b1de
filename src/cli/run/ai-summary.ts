import { dollars, knownCost, type AiStatus } from '../../ai/index.js';
import { showAmount } from '../../ai/money/index.js';
import { cacheShare } from '../terminal/cache-share.js';
import { grouped } from '../terminal/grouped.js';

/** The totals of a run's AI calls. */
export interface AiSummary {
  /** The second line of the final counts, for a person. */
  readonly text: string;
  /** The same for a program. Amounts are in US dollars. */
  readonly json: Readonly<Record<string, number>>;
}

export function aiSummary({ answered, failed, cached, totals }: AiStatus): AiSummary {
  const { attempts, unknown, unknownAtMost, unpriced, inputTokens, outputTokens } = totals;
  const calls = answered + failed;
  const parts = [`${grouped(calls)} AI ${calls === 1 ? 'call' : 'calls'}`];
  if (cached > 0) parts.push(`${grouped(cached)} answered from the journal`);
  parts.push(
    `${grouped(attempts)} ${attempts === 1 ? 'attempt' : 'attempts'}`,
    `${showAmount(knownCost(totals))} spent`,
  );
  const share = cacheShare(totals);
  if (share !== undefined) parts.push(share);
  if (unknown > 0) parts.push(`${grouped(unknown)} of unknown cost, at most ${showAmount(unknownAtMost)} more`);
  if (unpriced > 0) parts.push(`${grouped(unpriced)} without a known price`);
  return {
    text: `colloquium: ${parts.join(', ')}\n`,
    json: {
      calls,
      cached,
      failed,
      attempts,
      spent_usd: dollars(knownCost(totals)),
      unknown,
      unknown_at_most_usd: dollars(unknownAtMost),
      unpriced,
      input_tokens: inputTokens,
      output_tokens: outputTokens,
      cache_read_tokens: totals.cacheReadTokens,
      cache_write_tokens: totals.cacheWriteTokens,
    },
  };
}
