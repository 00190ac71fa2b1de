import type { Damage, Log, LogWorld } from '../../log/index.js';
import type { Metrics, TapHub } from '../../server/index.js';
import type { Restored } from '../../sources/index.js';
import type { Lock } from '../../world/lock/index.js';
import { openNats, type DaemonNats } from '../fleet/open-nats.js';
import { diskSpace } from './upkeep/disk-space.js';
import type { Vitals } from './health.js';
import { inspectOlder } from './upkeep/inspect-older.js';
import { openLog } from './upkeep/open-log.js';
import { openPipelines } from './pipelines/open-pipelines.js';
import type { ServePlan } from '../serve-plan.js';
import type { PipelinesOptions } from './pipelines/context.js';
import { RunningPipelines } from './pipelines/running-pipelines.js';
import type { StateFolder } from './upkeep/state-folder.js';
import type { Sink } from '../../sinks/index.js';
import type { Talk } from '../talk.js';

/** The daemon without its server: the log, and everything that works on it. */
export interface DaemonParts {
  readonly log: Log;
  readonly nats: DaemonNats;
  readonly pipelines: RunningPipelines;
  /** The options that the pipelines were opened with. */
  readonly around: PipelinesOptions;
  vitals(): Promise<Omit<Vitals, 'freeBytesMin' | 'isDraining' | 'redriving' | 'away' | 'damaged'>>;
  /** Updates the gauges of the metrics. */
  show(): Promise<void>;
  /** Call this when the pipelines have ended. */
  close(): Promise<void>;
}

export interface DaemonPartsOptions {
  readonly world: LogWorld;
  readonly state: StateFolder;
  /** The lock of the log. */
  readonly lock: Lock;
  readonly talk: Talk;
  /** Takes the dead letters that no file takes. */
  readonly letters: Sink;
  readonly onOutputClosed: () => void;
  readonly metrics: Metrics;
  readonly taps: TapHub;
  readonly onDamage: (damage: Damage) => void;
  /** Called when the NATS server had lost a stream or consumer that we read from. */
  readonly onRestored: (restored: Restored) => void;
}

/**
 * Recovers the log, and starts everything that works on it.
 *
 * @param plan returns the current plan
 * @throws LogError; JobError when NATS can't be used; ConfigError, ComputoError for a pipeline that can't be compiled
 */
export async function openDaemonParts(plan: () => ServePlan, context: DaemonPartsOptions): Promise<DaemonParts> {
  const { world, talk, metrics, taps, lock } = context;
  const { log, writeError } = await openLog(world, { ...plan().log, lock }, metrics.log.hooks, talk);
  let nats: DaemonNats | undefined;
  try {
    const joined = (nats = await openNats(plan(), world, talk));
    const around: PipelinesOptions = {
      ...context,
      stateWorld: context.state.worldWithin(world),
      log,
      get link() {
        return joined.link;
      },
      meter: metrics.pipelines,
      begun: new Set(),
      tapOf: (pipeline) => taps.tapOf(pipeline),
    };
    const pipelines = await RunningPipelines.start(() => openPipelines(plan(), around, metrics.ai, joined.fleet));
    const inspection = inspectOlder(log, context.onDamage, talk);
    return {
      log,
      nats: joined,
      pipelines,
      around,
      vitals: async () => ({
        engine: pipelines.now.health(),
        nats: joined.health(),
        log: log.stats(),
        writeError: writeError(),
        space: await diskSpace(log.folder),
        providers: pipelines.now.providers(),
      }),
      async show() {
        metrics.log.show(log.stats(), await diskSpace(log.folder));
        metrics.pipelines.show(await pipelines.now.standings());
        await pipelines.now.showAi(metrics.ai);
      },
      async close() {
        await inspection.stop();
        await joined.close();
        await log.close();
      },
    };
  } catch (error) {
    await nats?.close();
    await log.close();
    throw error;
  }
}
