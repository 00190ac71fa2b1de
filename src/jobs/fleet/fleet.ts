import { hostname } from 'node:os';
import { listedOwners } from '../../ai/owner/index.js';
import type { LogWorld } from '../../log/index.js';
import { keepTrying, NatsUnavailableError, type NatsLink } from '../../nats/index.js';
import { WorkReader } from '../../pipeline/work/index.js';
import type { Restored } from '../../sources/index.js';
import type { SharedBooks } from '../ai/open-client.js';
import type { EnginePipeline, PipelineEngine } from '../engines/engines.js';
import type { FleetMember, MemberPipeline } from '../../server/index.js';
import { joinMembers } from './members.js';
import type { FleetPlan } from '../fleet-plan.js';
import { membersPlace, sharedStore } from './plan.js';
import { openWork, type FleetWork } from './work.js';

/** Events that a member holds at a time, if they are processed in blocks. */
const HELD_IN_BLOCKS = 512;
/** Events held per event in the executor, if they are processed one by one. */
const HELD_PER_CALL = 2;

/** What the other members can see of this process. */
export interface Self {
  readonly url: string;
  readonly pipelines: () => readonly MemberPipeline[];
}

/** A fleet that this process has joined. */
export interface Fleet {
  /** Where a pipeline's events are put for all members. */
  readonly work: Pick<FleetWork, 'sinkFor'>;
  /** Reads a pipeline's pending events. @param onRestored see {@link FleetWork.queueFor} */
  readerFor(
    pipeline: EnginePipeline,
    engine: PipelineEngine,
    onRestored: (restored: Restored) => void,
  ): Promise<WorkReader>;
  /** Examines what all members share. Does not wait for an unavailable server. */
  ifThere(look: () => Promise<void>): Promise<void>;
  /** The journal, ledger and budget that all members share. */
  readonly books: SharedBooks;
  /** Publishes news of this process to the other members. */
  appear(news: Partial<Self>): void;
  members(): readonly FleetMember[];
  leave(): Promise<void>;
}

/**
 * Joins a fleet: from now on the other members see this process.
 *
 * @param depthMax the most levels of nesting that data may have
 */
export async function joinFleet(
  link: NatsLink,
  plan: FleetPlan,
  depthMax: number,
  world: Pick<LogWorld, 'now' | 'elapsed'>,
): Promise<Fleet> {
  const since = world.now();
  let known: Self = { url: '', pipelines: () => [] };
  const self = {
    id: listedOwners().self,
    report: (): FleetMember => {
      const { url, pipelines } = known;
      return { host: hostname(), pid: process.pid, since, url, pipelines: pipelines() };
    },
  };
  const members = await joinMembers(link, membersPlace(plan), self, world.elapsed);
  const work = await openWork(link, plan, depthMax);
  return {
    work,
    async readerFor({ spec, block }, engine, onRestored) {
      const { singleLines } = engine;
      const executor = engine.open();
      const heldMax = singleLines ? executor.width * HELD_PER_CALL : HELD_IN_BLOCKS;
      await executor.close();
      const queue = await work.queueFor(spec.name, heldMax, onRestored);
      return new WorkReader({ queue, singleLines, rawMax: block.rawMax, deliveriesMax: plan.deliveriesMax });
    },
    async ifThere(look) {
      try {
        await keepTrying(link, look, 0);
      } catch (error) {
        if (!(error instanceof NatsUnavailableError)) throw error;
      }
    },
    books: { store: sharedStore(plan, link), isGone: (owner) => members.isGone(owner) },
    appear(news) {
      known = { ...known, ...news };
    },
    members: () => members.list(),
    leave: () => members.leave(),
  };
}
