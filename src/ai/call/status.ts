import type { Books } from '../books/index.js';
import type { BreakerState } from '../breaker/index.js';
import type { Totals } from '../ledger/index.js';
import type { Nano } from '../money/index.js';
import type { AiWorld } from '../ai-world.js';
import type { ProviderLane } from './provider-lane.js';
import type { DayAccount, RunBudget } from './run-budget.js';

/** Calls of this client so far. */
export interface CallCounts {
  answered: number;
  failed: number;
  /** Answered without a request. */
  cached: number;
  /** The totals of finished attempts. */
  totals: Totals;
}

/** The data of a status line or a metrics page. */
export interface AiStatus extends Readonly<CallCounts> {
  /** HTTP requests, and those in batches: attempts of several calls may share one. */
  readonly sent: number;
  readonly inFlight: number;
  /** The cost of this client's calls, in nano-dollars: the known costs, and the worst case of unknown ones. */
  readonly spent: Nano;
  /** The amount left until the tightest limit, including that of a named pipeline; undefined if there is none. */
  readonly left: Nano | undefined;
  /** Today's accounts: first that of all pipelines, then those of pipelines with a budget. */
  readonly budgets: readonly DayAccount[];
  readonly providers: readonly ProviderStatus[];
}

/** The state of a provider, or of one of its keys where it has several. */
export interface ProviderStatus {
  /** The label of its lane: `openai`, or `openai#2` with its second key. */
  readonly name: string;
  readonly breaker: BreakerState;
  /** Calls waiting for the rate limit. */
  readonly waiting: number;
  /** Within the last minute. */
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
  readonly limits: { readonly requestsPerMinute?: number | undefined; readonly tokensPerMinute?: number | undefined };
  /** Milliseconds of recent answers. */
  readonly latencyMs: number | undefined;
}

export async function readStatus(from: {
  readonly lanes: readonly ProviderLane[];
  readonly counts: CallCounts;
  /** Requests whose batch has ended. */
  readonly inBatches: number;
  readonly runBudget: RunBudget;
  readonly books: Books;
  readonly world: AiWorld;
  readonly inFlight: number;
  readonly pipeline: string | undefined;
}): Promise<AiStatus> {
  const { counts, runBudget, books, world, inFlight, pipeline } = from;
  const now = world.now();
  const [run, left, budgets] = await Promise.all([
    books.budget.state(runBudget.runAccount),
    runBudget.left(pipeline),
    runBudget.today(),
  ]);
  return {
    ...counts,
    sent: from.lanes.reduce((sum, { requestRate }) => sum + requestRate.total, from.inBatches),
    inFlight,
    spent: run.spent,
    left,
    budgets,
    providers: providerStatuses(from.lanes, now),
  };
}

/** The state of each provider and key. */
export function providerStatuses(lanes: readonly ProviderLane[], now: number): readonly ProviderStatus[] {
  return lanes.map((lane) => {
    const { waiting, requestsPerMinute, tokensPerMinute } = lane.limitStatus();
    return {
      name: lane.label,
      breaker: lane.breaker.state,
      waiting,
      requestsPerMinute: lane.requestRate.perMinute(now),
      tokensPerMinute: lane.tokenRate.perMinute(now),
      limits: { requestsPerMinute, tokensPerMinute },
      latencyMs: lane.health.latency.mean(now),
    };
  });
}
