import type { Budget, Reservation } from '../budget/index.js';
import { paidIn, type Journal } from '../journal/index.js';
import { IN_DOUBT, parseEntry, type AttemptEnd, type Ledger, type LedgerEntry } from '../ledger/index.js';
import { batchOf, type BatchStore } from '../batch-store/index.js';
import type { Nano } from '../money/index.js';
import type { Owner } from '../owner/index.js';

/** What dead processes left open. */
export interface Recovered {
  /** Attempts that may have been answered and billed: they are charged at their worst case. */
  readonly inDoubt: number;
  readonly atMost: Nano;
}

interface Shelves {
  readonly budget: Budget;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly batches: () => BatchStore;
  readonly isGone: (owner: Owner, since: number) => Promise<boolean>;
}

/**
 * Settles the reservations of dead processes. A process writes in this order: reservation, ledger (open), journal (open), the
 * request, journal (answer), ledger (end), settlement. The first missing write therefore shows how far it got.
 */
export async function recover({ budget, ledger, journal, batches, isGone }: Shelves): Promise<Recovered> {
  const gone = await budget.reservations();
  let inDoubt = 0;
  let atMost = 0n;
  for (const reservation of gone) {
    const batch = batchOf(reservation.id);
    if (batch !== undefined) {
      // A batch outlives its process, and so does what is reserved for it, until it is closed.
      const record = await batches().get(batch);
      if (record?.state === 'closed') await budget.settle(reservation.id, BigInt(record.charge ?? '0'));
      continue;
    }
    if (!(await isGone(reservation.owner, reservation.at))) continue;
    const entry = await ledger.get(reservation.id);
    // Without an entry nothing was sent; with an end only the settlement was missing.
    if (entry === undefined) {
      await budget.settle(reservation.id, 0n);
    } else if (entry.end !== undefined) {
      await budget.settle(reservation.id, entry.end.bound ?? 0n);
    } else {
      const end = (await endFromJournal(journal, entry)) ?? doubt(entry);
      await ledger.close(entry, end);
      await budget.settle(reservation.id, chargeOf(end, reservation));
      if (end.billing === 'unknown') {
        inDoubt += 1;
        atMost += entry.worst ?? 0n;
      }
    }
  }
  return { inDoubt, atMost };
}

/** The journal may have the answer although the ledger does not: then nothing is in doubt. */
async function endFromJournal(journal: Journal, entry: LedgerEntry): Promise<AttemptEnd | undefined> {
  const state = (await journal.get(entry.call))?.record.state;
  const paid = state && paidIn(state);
  return paid?.attempt === entry.id ? parseEntry(paid.entry).end : undefined;
}

function doubt(entry: LedgerEntry): AttemptEnd {
  return { outcome: IN_DOUBT, billing: 'unknown', cost: 0n, bound: entry.worst };
}

function chargeOf(end: AttemptEnd, reservation: Reservation): Nano {
  return end.bound ?? reservation.worst;
}
