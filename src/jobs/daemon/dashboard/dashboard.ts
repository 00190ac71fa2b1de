import type { BatchRecord } from '../../../ai/index.js';
import type { LogWorld } from '../../../log/index.js';
import { Feed, type FleetMember, type Metrics, type ServerOptions } from '../../../server/index.js';
import type { DaemonParts } from '../parts.js';
import { lookAtBatches } from './look-at-batches.js';
import { lookAtLetters } from './look-at-letters.js';
import type { ServePlan } from '../../serve-plan.js';
import { processorTalk } from '../pipelines/processor-talk.js';
import { letterRetrier, type LetterRetrier } from './letter-retrier.js';
import type { Sink } from '../../../sinks/index.js';
import type { Talk } from '../../talk.js';

/** What the dashboard needs from its daemon. */
export interface DashboardOptions {
  readonly world: LogWorld;
  readonly talk: Talk;
  /** Takes the dead letters that no file takes. */
  readonly letters: Sink;
  readonly metrics: Metrics;
  /** Returns the current plan. */
  readonly plan: () => ServePlan;
  /** @throws HttpError during the recovery of the log */
  readonly inside: () => DaemonParts;
  /** Undefined if there is no fleet. */
  readonly members: () => readonly FleetMember[] | undefined;
  /** Returns the batches that the metrics last told of, in the order of their creation. */
  readonly batches: () => readonly BatchRecord[];
  /** Aborted when the daemon is to end. */
  readonly signal: AbortSignal;
}

/** What a daemon's dashboard shows, the actions that it offers, and their progress. */
export function daemonDashboard(
  context: DashboardOptions,
): ServerOptions['dashboard'] & { readonly redriving: LetterRetrier['progress'] } {
  const { world, talk, letters, metrics, plan, inside, members, batches, signal } = context;
  const { retryLetters, preview, progress } = letterRetrier({
    world,
    plan,
    handOver(pipeline, work) {
      const { pipelines: running } = inside();
      return running.inTurn(() => running.now.handOver(pipeline, work));
    },
    signal,
    talk: { notice: (message) => talk.warn(message), letters },
    onDelivered(pipeline, tally) {
      metrics.pipelines.countRetried(pipeline, tally.counts.input);
      const stages = plan().pipelines.find(({ spec }) => spec.name === pipeline)?.spec.stages ?? [];
      processorTalk({ name: pipeline, stages }, inside().around).delivered({ ...tally, storedAt: undefined });
    },
  });
  return {
    file: new URL('./dashboard.html', import.meta.url),
    feed: new Feed(
      () => metrics.snapshot(),
      world,
      members,
      () => {
        const open = batches();
        return open.length === 0 ? undefined : lookAtBatches(open);
      },
    ),
    batches: async () => lookAtBatches(await inside().pipelines.now.openBatches()),
    letters: { look: () => lookAtLetters(plan().pipelines, world.disk.keys), preview, retryLetters },
    redriving: progress,
  };
}
