import type { AiCallOptions, BatchedRequest, BatchLane, Gathering, UniversalRequest } from '../../../ai/index.js';
import type { LogPosition } from '../../../log/index.js';
import type { BatchPlan } from '../../../pipeline/index.js';
import { NEAR_MS } from '../../batches/index.js';

/** How long a batch collects requests if the stage does not say: as a part of its deadline, and at most. Milliseconds. */
const WAITS_PER_DEADLINE = 10;
const WAIT_MS_MAX = 600_000;

/** The batches that are being filled with a stage's requests, and their ids. */
interface Filling {
  readonly gathering: Gathering;
  readonly ids: Set<string>;
  /** Requests that are on their way into them. */
  readonly underWay: Set<Promise<unknown>>;
}

/** A stage of a daemon's pipeline whose requests may go in batches. */
export class StageLane {
  #filling: Filling | undefined;
  /** Up to here, its requests are gathered; undefined: up to where the pipeline is. */
  readTo: LogPosition | undefined;

  constructor(
    private readonly plan: BatchPlan,
    private readonly batches: Pick<BatchLane, 'gathering' | 'find'>,
  ) {}

  /** The fewest waiting events that are worth a batch; undefined: any number is. */
  get rowsMin(): number | undefined {
    return this.plan.rowsMin;
  }

  get isFilling(): boolean {
    return this.#filling !== undefined;
  }

  /** When an event of this timestamp is to be asked live, if there is no answer; undefined: never. Milliseconds since the epoch. */
  deadlineOf(timestamp: number): number | undefined {
    const { deadlineMs } = this.plan;
    return deadlineMs === undefined ? undefined : timestamp + deadlineMs;
  }

  /** Whether an event of this timestamp goes into no further batch. */
  isLate(timestamp: number, now: number): boolean {
    const near = this.plan.rowsMin === undefined ? 0 : NEAR_MS;
    return now >= (this.deadlineOf(timestamp) ?? Infinity) - near;
  }

  /** Whether its batches have collected requests for long enough. */
  isDue(now: number): boolean {
    const { waitMs, deadlineMs = Infinity } = this.plan;
    // Those that were full are complete already.
    const since = this.#filling?.gathering.since ?? -Infinity;
    return now - since >= (waitMs ?? Math.min(WAIT_MS_MAX, deadlineMs / WAITS_PER_DEADLINE));
  }

  async gather(request: UniversalRequest, context: AiCallOptions, timestamp: number): Promise<BatchedRequest> {
    const { rowsMax } = this.plan;
    this.#filling ??= { gathering: this.batches.gathering({ rowsMax }), ids: new Set(), underWay: new Set() };
    const { gathering, ids, underWay } = this.#filling;
    const work = gathering.gather(request, context, this.deadlineOf(timestamp));
    underWay.add(work);
    try {
      const asked = await work;
      if (asked.kind === 'waits') ids.add(asked.batch);
      return asked;
    } finally {
      underWay.delete(work);
    }
  }

  /** Completes the batches that are being filled, so that they can be sent. @returns the ids of those that it has filled */
  async seal(): Promise<ReadonlySet<string>> {
    const filling = this.#filling;
    if (filling === undefined) return new Set();
    this.#filling = undefined;
    await Promise.allSettled(filling.underWay);
    await filling.gathering.seal();
    return filling.ids;
  }
}
