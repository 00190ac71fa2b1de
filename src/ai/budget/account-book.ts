import type { Nano } from '../money/index.js';
import type { Owner } from '../owner/index.js';

/** A worst case that is reserved while its call is under way. */
export interface Reservation {
  readonly worst: Nano;
  /** The accounts in which it is reserved. */
  readonly accounts: readonly string[];
  readonly owner: Owner;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Account {
  readonly spent: Nano;
  /** The time of the last charge, milliseconds since the epoch. */
  readonly touchedAt: number;
  /** Whether a warning was given that it is nearly spent. */
  readonly alerted: boolean;
}

/**
 * All money in one place: what each account has spent, and who has reserved what. It is one document, so that a reservation is
 * made in all its accounts or in none. Changes are made in place, in a copy: see {@link copyOf}.
 */
export interface AccountBook {
  readonly accounts: Map<string, Account>;
  readonly open: Map<string, Reservation>;
}

export const EMPTY_BOOK: AccountBook = { accounts: new Map(), open: new Map() };

/** One copy does for all changes that are written together. */
export function copyOf({ accounts, open }: AccountBook): AccountBook {
  return { accounts: new Map(accounts), open: new Map(open) };
}

export const UNTOUCHED: Account = { spent: 0n, touchedAt: 0, alerted: false };

const ACCOUNTS_MAX = 500;
/** Accounts charged within this time are kept, however many there are. */
const KEEP_MS = 3 * 86_400_000;

/** What is reserved in an account. */
export function setAside(book: AccountBook, account: string): Nano {
  let sum = 0n;
  for (const { worst, accounts } of book.open.values()) if (accounts.includes(account)) sum += worst;
  return sum;
}

/** Ends a reservation and charges its accounts with the cost of the call. @returns its accounts; none: the id is not known */
export function settle({ accounts, open }: AccountBook, id: string, cost: Nano, now: number): Map<string, Account> {
  const charged = new Map<string, Account>();
  for (const name of open.get(id)?.accounts ?? []) {
    const account = accounts.get(name) ?? UNTOUCHED;
    const changed = { ...account, spent: account.spent + cost, touchedAt: now };
    accounts.set(name, changed);
    charged.set(name, changed);
  }
  open.delete(id);
  if (accounts.size > ACCOUNTS_MAX) prune(accounts, open, now);
  return charged;
}

/** Drops the accounts of past days and runs. Their spending stays in the ledger. */
function prune(accounts: AccountBook['accounts'], open: AccountBook['open'], now: number): void {
  const used = new Set([...open.values()].flatMap((reservation) => reservation.accounts));
  for (const [name, { touchedAt }] of accounts)
    if (!used.has(name) && now - touchedAt >= KEEP_MS) accounts.delete(name);
}

/**
 * As it is stored: JSON has no bigint. Owners and lists of accounts, which most reservations have in common, stand there once, and
 * a reservation has their numbers.
 */
interface StoredBook {
  readonly accounts: Readonly<Record<string, Omit<Account, 'spent'> & { readonly spent: string }>>;
  readonly owners?: readonly Owner[];
  readonly lists?: readonly (readonly string[])[];
  /** A former version stored objects, by id. */
  readonly open: readonly StoredReservation[] | Readonly<Record<string, FormerReservation>>;
}

/** Its id, its worst case, the numbers of its accounts' list and of its owner, and its time. */
type StoredReservation = readonly [id: string, worst: string, list: number, owner: number, at: number];

type FormerReservation = Omit<Reservation, 'worst'> & { readonly worst: string };

export function printBook({ accounts, open }: AccountBook): string {
  const owners: Owner[] = [];
  const lists: (readonly string[])[] = [];
  const stored: StoredBook = {
    accounts: Object.fromEntries(
      [...accounts].map(([name, account]) => [name, { ...account, spent: account.spent.toString() }]),
    ),
    open: Array.from(open, ([id, { worst, accounts: names, owner, at }]): StoredReservation => {
      const list = numberIn(
        lists,
        names,
        (one) => one.length === names.length && one.every((name, i) => name === names[i]),
      );
      return [id, worst.toString(), list, numberIn(owners, owner, (one) => one === owner), at];
    }),
    owners,
    lists,
  };
  return JSON.stringify(stored);
}

/** The number of a value in a list, to which it is added if there is no equal one. */
function numberIn<T>(all: T[], value: T, isEqual: (one: T) => boolean): number {
  const number = all.findIndex(isEqual);
  return number === -1 ? all.push(value) - 1 : number;
}

export function parseBook(text: string): AccountBook {
  const { accounts, open, owners = [], lists = [] } = JSON.parse(text) as StoredBook;
  return {
    accounts: new Map(
      Object.entries(accounts).map(([name, account]) => [name, { ...account, spent: BigInt(account.spent) }]),
    ),
    open: new Map(
      isList(open)
        ? open.map(([id, worst, list, owner, at]): [string, Reservation] => [
            id,
            { worst: BigInt(worst), accounts: lists[list] ?? [], owner: owners[owner] ?? '', at },
          ])
        : Object.entries(open).map(([id, former]) => [id, { ...former, worst: BigInt(former.worst) }]),
    ),
  };
}

function isList(open: StoredBook['open']): open is readonly StoredReservation[] {
  return Array.isArray(open);
}
