import { dayAt } from '../calendar.js';
import type { Ledger, LedgerEntry } from '../ledger/index.js';
import type { Nano } from '../money/index.js';
import type { AiWorld } from '../ai-world.js';

/** The length of a day on which clocks are set back. */
const DAY_MS_MAX = 25 * 3_600_000;

/** What attempts of one model at one provider may have cost, as charged to the budget. */
export interface Spending {
  readonly provider: string;
  readonly model: string;
  readonly amount: Nano;
}

/**
 * Today's spending by provider and model: of this process, and of everything sent before it started. The ledger is read once,
 * not for each request.
 */
export interface DaySpending {
  /** An attempt of this process has ended. */
  add(entry: LedgerEntry): void;
  read(): Promise<readonly Spending[]>;
}

/** @param timeZone whose calendar days count */
export function daySpending(ledger: Ledger, timeZone: string, world: AiWorld): DaySpending {
  const startedAt = world.now();
  let day = dayAt(startedAt, timeZone);
  let sums = new Map<string, Spending>();
  let before: Promise<void> | undefined;

  const turnPage = (): void => {
    const today = dayAt(world.now(), timeZone);
    if (today === day) return;
    day = today;
    sums = new Map();
  };

  /** Attempts count for the day on which they were sent, as they are charged. */
  const count = ({ time, provider, model, end }: LedgerEntry): void => {
    if (dayAt(time, timeZone) !== day) return;
    const key = JSON.stringify([provider, model]);
    const amount = (sums.get(key)?.amount ?? 0n) + (end?.bound ?? 0n);
    sums.set(key, { provider, model, amount });
  };

  const readBefore = async (): Promise<void> => {
    for await (const entry of ledger.entries({ since: startedAt - DAY_MS_MAX, until: startedAt })) {
      turnPage();
      count(entry);
    }
  };

  return {
    add(entry) {
      turnPage();
      count(entry);
    },
    async read() {
      before ??= readBefore();
      await before;
      turnPage();
      return [...sums.values()];
    },
  };
}
