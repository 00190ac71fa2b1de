import { onAbort } from '../../world/index.js';
import { batchOf } from '../batch-store/index.js';
import type { Nano } from '../money/index.js';
import type { Owner } from '../owner/index.js';
import { sharedDocument, type Store } from '../store/index.js';
import type { AiWorld } from '../ai-world.js';
import {
  copyOf,
  EMPTY_BOOK,
  parseBook,
  printBook,
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
      /** The worst case that does not fit. */
      readonly needed: Nano;
      /** Whether something was charged to it before. */
      readonly isBegun: boolean;
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
  const codec = { empty: EMPTY_BOOK, copy: copyOf, parse: parseBook, print: printBook };
  const book = sharedDocument<AccountBook>(store, KEY, codec);
  const waiting = new Set<() => void>();

  return {
    reserve: (id, worst, charges) =>
      book.update<ReserveResult>((document) => {
        for (const { account, limit } of charges) {
          if (limit === undefined) continue;
          const reserved = setAside(document, account);
          const spent = document.accounts.get(account)?.spent ?? 0n;
          const left = limit - spent - reserved;
          if (worst <= left) continue;
          const openCalls = [...document.open].some(
            ([open, { accounts }]) => batchOf(open) === undefined && accounts.includes(account),
          );
          const full = { account, limit, needed: worst, isBegun: spent > 0n, left: left > 0n ? left : 0n, openCalls };
          return { document, result: { kind: 'full', ...full } };
        }
        const accounts = charges.map((charge) => charge.account);
        const reservation = { worst, accounts, owner, at: world.now() };
        document.open.set(id, reservation);
        return { document: { ...document }, result: { kind: 'reserved' } };
      }),
    async settle(id, cost) {
      const settled = await book.update<ReadonlyMap<string, Account>>((document) => {
        if (!document.open.has(id)) return { document, result: new Map() };
        const charged = settle(document, id, cost, world.now());
        return { document: { ...document }, result: charged };
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
      return { spent: document.accounts.get(account)?.spent ?? 0n, setAside: setAside(document, account) };
    },
    async reservations() {
      const { open } = await book.read();
      return [...open].map(([id, reservation]) => ({ ...reservation, id }));
    },
    claimAlert: (account) =>
      book.update((document) => {
        const state = document.accounts.get(account) ?? UNTOUCHED;
        if (state.alerted) return { document, result: false };
        document.accounts.set(account, { ...state, alerted: true });
        return { document: { ...document }, result: true };
      }),
  };
}
