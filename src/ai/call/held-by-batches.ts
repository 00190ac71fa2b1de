import { batchOf } from '../batch-store/index.js';
import type { Budget } from '../budget/index.js';
import { showAmount } from '../money/index.js';

/** The most batches that are named. */
const NAMED_MAX = 3;

/** Says which batches have a part of some accounts set aside until they end, as the end of a sentence; empty if none has. */
export async function heldByBatches(
  budget: Pick<Budget, 'reservations'>,
  accounts: readonly string[],
): Promise<string> {
  const held = (await budget.reservations()).flatMap(({ id, worst, accounts: all }) => {
    const batch = batchOf(id);
    return batch !== undefined && worst > 0n && all.some((name) => accounts.includes(name)) ? [{ batch, worst }] : [];
  });
  if (held.length === 0) return '';
  const names = held.slice(0, NAMED_MAX).map(({ batch, worst }) => `batch ${batch} holds ${showAmount(worst)}`);
  const more = held.length > NAMED_MAX ? `, ${held.length - NAMED_MAX} more batches hold the rest` : '';
  return `; ${names.join(', ')}${more} until ${held.length === 1 ? 'it ends' : 'they end'}`;
}
