import type { World } from '../../log/index.js';
import type { Delivered } from '../../pipeline/index.js';
import type { DriveReport } from '../../server/index.js';
import type { Engines } from '../engines.js';
import { performRuns } from '../replay/runs.js';
import { toOutputs } from '../replay/to-outputs.js';
import type { OpenReplay } from '../replay/open-replay.js';
import type { ReplayPlan } from '../replay/plan.js';
import type { ServePlan } from './plan.js';

/** What the daemon hands in. */
export interface DriveContext {
  readonly world: World;
  /** Raised when the daemon is to end: what is under way is finished. */
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  /** Opens what works on the events of the pipelines. */
  readonly openEngines: (plan: ServePlan) => Promise<Engines>;
  /** Told of what becomes of the events. */
  readonly onDelivered: (pipeline: string, delivered: Delivered) => void;
}

/**
 * Sends the dead letters that were not driven again yet through their pipelines, to the pipelines' own outputs. Nothing else
 * may write to these meanwhile: the pipelines stand still, each at a checkpoint, and the log is this process's own. It is
 * what `colloquium replay --dead-letters --to-outputs` does while no daemon runs, with the same promise: after a crash the
 * files are cut back to the last checkpoint, and letters count as driven when what they became is in one.
 *
 * @throws SinkError
 */
export async function driveAgain(serve: ServePlan, context: DriveContext): Promise<DriveReport> {
  const { world, signal, warn, onDelivered } = context;
  const way = { kind: 'to-outputs', pipelines: serve.pipelines, through: 'own' } as const;
  const plan: ReplayPlan = {
    config: serve.config,
    logFolder: serve.log.folder,
    stateFolder: serve.stateFolder,
    choice: { since: 0, until: undefined, fromId: undefined, from: 'dead-letters' },
    way,
    deadLetter: undefined,
    limit: undefined,
    live: false,
    maxCost: undefined,
    stats: 'json',
    progress: false,
  };
  const reading = new AbortController();
  const stopReading = (): void => reading.abort();
  signal.addEventListener('abort', stopReading, { once: true });
  const underWay: OpenReplay = {
    plan,
    world,
    signal: reading.signal,
    stopReading,
    onDamage: ({ message }) => warn(message),
    damagedPlaces: () => 0,
    signalCode: () => undefined,
    onDrain: () => undefined,
    onDelivered,
  };
  const engines = await context.openEngines(serve);
  try {
    const { counts, ...ending } = await performRuns(toOutputs(underWay, way, engines), underWay, () => undefined);
    if (ending.endedBy === 'error') throw ending.error;
    if (ending.endedBy === 'paused') warn(`re-driving stopped: ${ending.pause.message}`);
    const { input, output, filtered, deadLettered } = counts;
    return { input, output, filtered, dead_lettered: deadLettered };
  } finally {
    signal.removeEventListener('abort', stopReading);
    await engines.close();
  }
}
