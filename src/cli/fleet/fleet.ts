import { hostname } from 'node:os';
import { listedOwners } from '../../ai/owner/index.js';
import type { LogWorld } from '../../log/index.js';
import type { NatsLink } from '../../nats/index.js';
import type { SharedBooks } from '../ai/open-client.js';
import type { FleetMember, MemberPipeline } from '../../server/index.js';
import { joinMembers } from './members.js';
import { membersPlace, sharedStore, type FleetPlan } from './plan.js';
import { openWork, type FleetWork } from './work.js';

/** What only others here know of this process. */
export interface Self {
  readonly url: string;
  readonly pipelines: () => readonly MemberPipeline[];
}

/** A fleet that this process has joined. */
export interface Fleet {
  readonly plan: FleetPlan;
  readonly work: FleetWork;
  /** Journal, ledger and budget that all members share. */
  readonly books: SharedBooks;
  /** What is new of this process, for the others to see. */
  appear(news: Partial<Self>): void;
  members(): readonly FleetMember[];
  leave(): Promise<void>;
}

/**
 * Joins a fleet: from now on the others see this process.
 *
 * @param depthMax levels of nesting that data may have
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
  return {
    plan,
    work: await openWork(link, plan, depthMax),
    books: { store: sharedStore(plan, link), isGone: (owner) => members.isGone(owner) },
    appear(news) {
      known = { ...known, ...news };
    },
    members: () => members.list(),
    leave: () => members.leave(),
  };
}
