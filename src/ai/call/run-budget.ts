import type { Account, AccountState, Budget, Charge } from '../budget/index.js';
import { dayAt, nextDayStart } from '../calendar.js';
import { nanoOfDollars, showAmount, type Nano } from '../money/index.js';
import type { AiWorld } from '../ai-world.js';
import { DEFAULTS, type BudgetOptions, type Notice } from './options.js';

/** What is spent and reserved today, in nano-dollars, over all processes that share the store. */
export interface DayAccount extends AccountState {
  /** Undefined: all pipelines together. */
  readonly pipeline: string | undefined;
  readonly limit: Nano | undefined;
}

/** Whose budget an account holds: the run's, that of a day, or a pipeline's of a day. */
export type AccountKind = 'run' | 'day' | 'pipeline';

export function accountKind(account: string): AccountKind {
  if (!account.startsWith('day:')) return 'run';
  return account.includes('/pipeline:') ? 'pipeline' : 'day';
}

/** The budget as one run uses it: which accounts a call is charged to, and their limits. */
export interface RunBudget {
  /** Whether any limit applies to a pipeline's calls, so that every model must have a price. */
  isLimited(pipeline: string): boolean;
  charges(pipeline: string): readonly Charge[];
  /** The smallest limit other than the run's: a larger request will not fit on any day. Undefined if there is none. */
  wholeLimit(pipeline: string): Nano | undefined;
  /** When an account starts over; undefined: never. */
  renewsAt(account: string): number | undefined;
  readonly whenSpent: 'stop' | 'wait';
  /** Why nothing more may be sent. */
  readonly spent: string | undefined;
  /** Warns, once a day, when a daily budget is nearly spent. @param accounts their state after a settlement */
  alert(pipeline: string, accounts: ReadonlyMap<string, Account>): Promise<void>;
  /** What is left of the tightest limit, minus reservations; undefined if there is no limit. */
  left(pipeline?: string): Promise<Nano | undefined>;
  /** Today's accounts: of all pipelines, and of each pipeline with a budget. */
  today(): Promise<readonly DayAccount[]>;
  readonly runAccount: string;
}

/** @throws RangeError for an invalid amount or an unknown time zone */
export function createRunBudget(
  options: BudgetOptions,
  runId: string,
  budget: Budget,
  world: AiWorld,
  notify: (notice: Notice) => void,
): RunBudget {
  const daily = limitOf(options.daily);
  const pipelines = new Map(
    Object.entries(options.pipelines ?? {}).map(([name, amount]) => [name, nanoOfDollars(amount)]),
  );
  const run = limitOf(options.run);
  const timeZone = options.timeZone ?? DEFAULTS.timeZone;
  const threshold = options.alertThreshold ?? DEFAULTS.alertThreshold;
  const runAccount = `run:${runId}`;
  const today = (): string => `day:${dayAt(world.now(), timeZone)}`;
  today();

  const charges = (pipeline: string): readonly Charge[] => {
    const day = today();
    return [
      { account: day, limit: daily },
      { account: `${day}/pipeline:${pipeline}`, limit: pipelines.get(pipeline) },
      { account: runAccount, limit: run },
    ];
  };

  const stateOf = async (pipeline: string | undefined, account: string, limit: Nano | undefined) => ({
    pipeline,
    limit,
    ...(await budget.state(account)),
  });

  return {
    runAccount,
    whenSpent: options.whenSpent ?? 'stop',
    spent: options.spent,
    charges,
    isLimited: (pipeline) => charges(pipeline).some((charge) => charge.limit !== undefined),
    wholeLimit: (pipeline) =>
      [daily, pipelines.get(pipeline)]
        .filter((limit) => limit !== undefined)
        .reduce<Nano | undefined>((least, limit) => (least === undefined || limit < least ? limit : least), undefined),
    renewsAt: (account) => (account.startsWith('day:') ? nextDayStart(world.now(), timeZone) : undefined),
    async alert(pipeline, accounts) {
      for (const { account, limit } of charges(pipeline)) {
        if (limit === undefined || limit === 0n || !account.startsWith('day:')) continue;
        const settled = accounts.get(account);
        if (settled === undefined || settled.alerted) continue;
        const { spent } = settled;
        // In millionths: shares are not integers.
        if (spent * 1_000_000n < limit * BigInt(Math.round(threshold * 1_000_000))) continue;
        if (!(await budget.claimAlert(account))) continue;
        const whose = accountKind(account) === 'pipeline' ? `pipeline ${pipeline}` : 'all pipelines';
        const share = Number((spent * 100n) / limit);
        const message = `${showAmount(spent)} of today's ${showAmount(limit)} for ${whose} is spent (${share} %)`;
        notify({ kind: 'budget-alert', message });
      }
    },
    async left(pipeline) {
      let least: Nano | undefined;
      const relevant =
        pipeline === undefined
          ? [
              { account: today(), limit: daily },
              { account: runAccount, limit: run },
            ]
          : charges(pipeline);
      for (const { account, limit } of relevant) {
        if (limit === undefined) continue;
        const { spent, setAside } = await budget.state(account);
        const left = limit - spent - setAside;
        if (least === undefined || left < least) least = left;
      }
      return least === undefined || least > 0n ? least : 0n;
    },
    today: () =>
      Promise.all([
        stateOf(undefined, today(), daily),
        ...[...pipelines].map(([name, limit]) => stateOf(name, `${today()}/pipeline:${name}`, limit)),
      ]),
  };
}

function limitOf(amount: string | number | undefined): Nano | undefined {
  return amount === undefined ? undefined : nanoOfDollars(amount);
}
