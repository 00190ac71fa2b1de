import { amountOf, type BatchRecord } from '../batch-store/index.js';
import { showAmount } from '../money/index.js';

/** What a batch holds, and what it costs at most: `12 requests, at most $0.31`. */
export function contentText({ rows, worst }: Pick<BatchRecord, 'rows' | 'worst'>): string {
  const requests = rows === 1 ? '1 request' : `${rows} requests`;
  const price = amountOf(worst);
  return price === null ? requests : `${requests}, at most ${showAmount(price)}`;
}
