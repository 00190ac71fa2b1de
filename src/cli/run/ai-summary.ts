import { dollars, knownCost, sumOf, type AiStatus } from '../../ai/index.js';
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

type Made = Pick<AiStatus, 'sent' | 'totals'>;

/** @param before what the run has sent in batches before it made its calls */
export function aiSummary({ answered, failed, cached, ...now }: AiStatus, before?: Made): AiSummary {
  const sent = now.sent + (before?.sent ?? 0);
  const totals = before === undefined ? now.totals : sumOf(before.totals, now.totals);
  const { attempts, estimated, estimatedAtMost, unknown, unknownAtMost, unpriced, inputTokens, outputTokens } = totals;
  const calls = answered + failed;
  const parts = [counted(calls, 'AI call')];
  if (cached > 0) parts.push(`${grouped(cached)} answered from the journal`);
  const shared = sent < attempts ? ` in ${counted(sent, 'request')}` : '';
  const ofIt = `${showAmount(estimated)} of it by our own count of tokens, at most ${showAmount(estimatedAtMost)}`;
  parts.push(
    `${counted(attempts, 'attempt')}${shared}`,
    `${showAmount(knownCost(totals))} spent${estimated > 0n ? ` (${ofIt})` : ''}`,
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
      requests: sent,
      spent_usd: dollars(knownCost(totals)),
      estimated_usd: dollars(estimated),
      estimated_at_most_usd: dollars(estimatedAtMost),
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

/** Whether nothing was paid for, or can have been: also nothing that the journal has answered. */
export function costNothing({ answered, cached, totals }: AiStatus): boolean {
  // Attempts that failed may have cost something, too.
  return answered + cached + totals.unknown === 0 && knownCost(totals) === 0n;
}

function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? '' : 's'}`;
}
