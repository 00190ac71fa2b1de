import { onAbort } from '../../world/index.js';
import { batchOf } from '../batch-store/index.js';
import type { Nano } from '../money/index.js';
import type { Owner } from '../owner/index.js';
import { sharedDocument, type Store } from '../store/index.js';
import type { AiWorld } from '../ai-world.js';
import {
  EMPTY_BOOK,
  parseBook,
  printBook,
  reserve,
  setAside,
  settle,
  UNTOUCHED,
  type Account,
  type AccountBook,
  type Reservation,
} from './account-book.js';

/** An account to charge, and its limit; no limit: it is only counted. */
export interface Charge {
  readonly account: string;
  readonly limit?: Nano | undefined;
}

export type ReserveResult =
  | { readonly kind: 'reserved' }
  | {
      /** It does not fit into `account`. */
      readonly kind: 'full';
      readonly account: string;
      readonly limit: Nano;
      readonly left: Nano;
      /** Calls are open in the account: if they settle below their worst case, there may be room soon. Batches take a day. */
      readonly openCalls: boolean;
    };

/** The state of an account. */
export interface AccountState {
  readonly spent: Nano;
  readonly setAside: Nano;
}

/**
 * The budget: the worst case of a call is reserved before the call is made, and its cost is charged afterwards. This holds across
 * all processes that share the store.
 */
export interface Budget {
  reserve(id: string, worst: Nano, charges: readonly Charge[]): Promise<ReserveResult>;
  /** @returns the resulting state of its accounts, by name; none if it was settled before */
  settle(id: string, cost: Nano): Promise<ReadonlyMap<string, Account>>;
  /** Resolves when something was settled here or may have been settled elsewhere; false if aborted. */
  changed(signal?: AbortSignal): Promise<boolean>;
  state(account: string): Promise<AccountState>;
  /** Returns the reservations for calls under way, here and elsewhere. */
  reservations(): Promise<readonly (Reservation & { readonly id: string })[]>;
  /** Marks an account as warned about; true only for the caller that must warn. */
  claimAlert(account: string): Promise<boolean>;
}

/** How often to check for settlements of other processes. */
const POLL_MS = 250;
const KEY = 'accounts';

export function createBudget(store: Store, owner: Owner, world: AiWorld): Budget {
  const book = sharedDocument<AccountBook>(store, KEY, { empty: EMPTY_BOOK, parse: parseBook, print: printBook });
  const waiting = new Set<() => void>();

  return {
    reserve: (id, worst, charges) =>
      book.update<ReserveResult>((document) => {
        for (const { account, limit } of charges) {
          if (limit === undefined) continue;
          const reserved = setAside(document, account);
          const left = limit - (document.accounts[account]?.spent ?? 0n) - reserved;
          if (worst <= left) continue;
          const openCalls = Object.entries(document.open).some(
            ([open, { accounts }]) => batchOf(open) === undefined && accounts.includes(account),
          );
          return { document, result: { kind: 'full', account, limit, left: left > 0n ? left : 0n, openCalls } };
        }
        const accounts = charges.map((charge) => charge.account);
        const reservation = { worst, accounts, owner, at: world.now() };
        return { document: reserve(document, id, reservation), result: { kind: 'reserved' } };
      }),
    async settle(id, cost) {
      const settled = await book.update((document) => {
        const changed = settle(document, id, cost, world.now());
        const charged = document.open[id]?.accounts ?? [];
        return {
          document: changed,
          result: new Map(charged.map((name) => [name, changed.accounts[name] ?? UNTOUCHED])),
        };
      });
      for (const wake of [...waiting]) wake();
      return settled;
    },
    changed: (signal) =>
      new Promise((resolve) => {
        const end = (changed: boolean): void => {
          waiting.delete(wake);
          cancel();
          leave();
          resolve(changed);
        };
        const wake = (): void => end(true);
        const aborted = (): void => end(false);
        const cancel = world.after(POLL_MS, wake);
        waiting.add(wake);
        const leave = onAbort(signal, aborted);
        if (signal?.aborted === true) aborted();
      }),
    async state(account) {
      const document = await book.read();
      return { spent: document.accounts[account]?.spent ?? 0n, setAside: setAside(document, account) };
    },
    async reservations() {
      const { open } = await book.read();
      return Object.entries(open).map(([id, reservation]) => ({ ...reservation, id }));
    },
    claimAlert: (account) =>
      book.update((document) => {
        const state = document.accounts[account] ?? UNTOUCHED;
        if (state.alerted) return { document, result: false };
        return {
          document: { ...document, accounts: { ...document.accounts, [account]: { ...state, alerted: true } } },
          result: true,
        };
      }),
  };
}
