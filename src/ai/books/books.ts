import { createBatchStore, type BatchStore } from '../batch-store/index.js';
import { sharedBreaker, type Breaker } from '../breaker/index.js';
import { createBudget, type Budget } from '../budget/index.js';
import { createJournal, type Journal, type JournalOptions } from '../journal/index.js';
import { sharedBuckets, type SharedBuckets } from '../limit/index.js';
import { createLedger, type Ledger } from '../ledger/index.js';
import { listedOwners, ownersIn, type Owner, type StoreOwners } from '../owner/index.js';
import { memoryStores, openStores, type StoreLocation, type Stores } from '../store/index.js';
import type { AiWorld } from '../ai-world.js';
import { recover, type Recovered } from './recover.js';

/** All records of calls, their money and the limits on them. */
export interface Books {
  readonly budget: Budget;
  readonly ledger: Ledger;
  readonly journal: Journal;
  /** The batches that were sent, or are to be. */
  batches(): BatchStore;
  /** A rate limit's buckets, by the limit's name. */
  readonly bucketsOf: (name: string, world: AiWorld) => SharedBuckets;
  /** A provider's breaker, by the provider's name: processes that share the store share what they find out about the provider. */
  readonly breakerOf: (name: string, own: Breaker, world: AiWorld) => Breaker;
  /** This process. */
  readonly owner: Owner;
  /** Whether calls of this owner can no longer be under way. `since`: when it was last heard of. */
  isGone(owner: Owner, since: number): Promise<boolean>;
  /** Settles what dead processes left open. Cheap if there is nothing to settle. */
  recover(): Promise<Recovered>;
  close(): Promise<void>;
}

/** An owner on another machine can't be looked up: after this long, its calls can no longer be under way. */
const UNKNOWN_OWNER_MS = 3_600_000;

export interface BooksJournalOptions extends JournalOptions {
  /** Whether answers are kept in memory, apart from those in the store, and gone when the books are closed. Default: no. */
  readonly isApart?: boolean | undefined;
}

/**
 * @param isGoneElsewhere whether a process on another machine is gone, if that is known
 * @param owners who shares the location; default: depends on its kind
 * @throws StateInUseError; Error if the location can't be created or opened
 */
export async function openBooks(
  location: StoreLocation,
  journalOptions: BooksJournalOptions,
  world: AiWorld,
  isGoneElsewhere?: (owner: Owner) => boolean,
  owners?: StoreOwners,
): Promise<Books> {
  // This comes first: a process that can't share the folder must not touch its files.
  const sharers = owners ?? (location.kind === 'lmdb' ? await ownersIn(location.folder) : listedOwners());
  let stores: Stores;
  try {
    stores = await openStores(location);
  } catch (error) {
    await sharers.release();
    throw error;
  }
  const owner = sharers.self;
  const budget = createBudget(stores.open('budget'), owner, world);
  const ledger = createLedger(stores.open('ledger'));
  const kept = createJournal(stores.open('journal'), journalOptions, world);
  const journal =
    journalOptions.isApart === true ? createJournal(memoryStores().open('journal'), journalOptions, world) : kept;
  const limits = stores.open('limits');
  const isGone = async (other: Owner, since: number): Promise<boolean> => {
    const state = await sharers.stateOf(other);
    if (state !== 'unknown') return state === 'dead';
    return isGoneElsewhere?.(other) ?? world.now() - since > UNKNOWN_OWNER_MS;
  };
  let opened: BatchStore | undefined;
  const batches = (): BatchStore => (opened ??= createBatchStore(stores.open('batches')));
  return {
    budget,
    ledger,
    journal,
    batches,
    bucketsOf: (name, ofLane) => sharedBuckets(limits, name, ofLane),
    breakerOf: (name, own, ofLane) =>
      location.kind === 'nats' ? sharedBreaker(own, stores.open('breakers'), name, ofLane) : own,
    owner,
    isGone,
    // What dead processes left open is in the store.
    recover: () => recover({ budget, ledger, journal: kept, batches, isGone }),
    async close() {
      await stores.close();
      await sharers.release();
    },
  };
}
