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
 * made in all its accounts or in none.
 */
export interface AccountBook {
  readonly accounts: Readonly<Record<string, Account>>;
  readonly open: Readonly<Record<string, Reservation>>;
}

export const EMPTY_BOOK: AccountBook = { accounts: {}, open: {} };

export const UNTOUCHED: Account = { spent: 0n, touchedAt: 0, alerted: false };

const ACCOUNTS_MAX = 500;
/** Accounts charged within this time are kept, however many there are. */
const KEEP_MS = 3 * 86_400_000;

/** What is reserved in an account. */
export function setAside(book: AccountBook, account: string): Nano {
  let sum = 0n;
  for (const { worst, accounts } of Object.values(book.open)) if (accounts.includes(account)) sum += worst;
  return sum;
}

export function reserve(book: AccountBook, id: string, reservation: Reservation): AccountBook {
  return { ...book, open: { ...book.open, [id]: reservation } };
}

/** Ends a reservation and charges its accounts with the cost of the call. An unknown id changes nothing. */
export function settle(book: AccountBook, id: string, cost: Nano, now: number): AccountBook {
  const { [id]: reservation, ...open } = book.open;
  if (reservation === undefined) return book;
  const accounts = { ...book.accounts };
  for (const name of reservation.accounts) {
    const account = accounts[name] ?? UNTOUCHED;
    accounts[name] = { ...account, spent: account.spent + cost, touchedAt: now };
  }
  return { open, accounts: pruned(accounts, open, now) };
}

/** Drops the accounts of past days and runs. Their spending stays in the ledger. */
function pruned(
  accounts: Readonly<Record<string, Account>>,
  open: AccountBook['open'],
  now: number,
): Readonly<Record<string, Account>> {
  const names = Object.keys(accounts);
  if (names.length <= ACCOUNTS_MAX) return accounts;
  const used = new Set(Object.values(open).flatMap((reservation) => reservation.accounts));
  return Object.fromEntries(
    Object.entries(accounts).filter(([name, account]) => used.has(name) || now - account.touchedAt < KEEP_MS),
  );
}

/** As it is stored: JSON has no bigint. */
interface StoredBook {
  readonly accounts: Readonly<Record<string, Omit<Account, 'spent'> & { readonly spent: string }>>;
  readonly open: Readonly<Record<string, Omit<Reservation, 'worst'> & { readonly worst: string }>>;
}

export function printBook({ accounts, open }: AccountBook): string {
  const stored: StoredBook = {
    accounts: mapped(accounts, (account) => ({ ...account, spent: account.spent.toString() })),
    open: mapped(open, (reservation) => ({ ...reservation, worst: reservation.worst.toString() })),
  };
  return JSON.stringify(stored);
}

export function parseBook(text: string): AccountBook {
  const { accounts, open } = JSON.parse(text) as StoredBook;
  return {
    accounts: mapped(accounts, (account) => ({ ...account, spent: BigInt(account.spent) })),
    open: mapped(open, (reservation) => ({ ...reservation, worst: BigInt(reservation.worst) })),
  };
}

function mapped<From, To>(record: Readonly<Record<string, From>>, to: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
}
