import { DisplacedError, type Log, type LogWorld } from '../../../log/index.js';
import type { SourcePlan } from '../../../config/kinds/index.js';
import type { NatsLink } from '../../../nats/index.js';
import {
  EventReader,
  type HealthComponent,
  type Intake,
  type Metrics,
  type ServerPlan,
} from '../../../server/index.js';
import type { Restored } from '../../../sources/index.js';
import { sourceKinds, type IntakePlace } from '../../inputs/index.js';
import { outputFiles, type ServePlan } from '../../serve-plan.js';
import { StateDisplacedError, type StateFolder } from '../upkeep/state-folder.js';
import type { Talk } from '../../talk.js';
import { reasonOf } from '../../reason-of.js';

const RETRY_MS = 5000;

/** The inputs that the daemon reads besides HTTP. */
export interface Intakes {
  /** Inputs that currently can't be read. */
  health(): readonly HealthComponent[];
  /** Stops reading, once everything read is stored. */
  stop(): Promise<void>;
}

/** The receivers of reports about the inputs. */
export interface IntakeTellers {
  readonly talk: Talk;
  readonly meter: Metrics['intakes'];
  readonly onRestored: (restored: Restored) => void;
}

/**
 * Starts reading standard input, watched folders and subjects.
 *
 * @param link undefined: nothing needed a connection at the start, and subjects wait for the next start
 */
export function startIntakes(
  plan: ServePlan,
  log: Log,
  link: NatsLink | undefined,
  world: LogWorld,
  state: StateFolder,
  tell: IntakeTellers,
): Intakes {
  const { talk, meter, onRestored } = tell;
  /** The reason why each failing source can't be read. */
  const failing = new Map<SourcePlan, string>();
  const stopping = new AbortController();
  const { signal } = stopping;
  const work = plan.sources.map((source) => keepGoing(source));
  return {
    health: () =>
      [...failing].map(([source, error]) => ({
        name: sourceKinds.of(source).nameOf(source),
        status: 'degraded',
        error,
      })),
    async stop() {
      stopping.abort();
      await Promise.all(work);
    },
  };

  /** Reads a source to its end, retrying after disk failures: what could not be stored is read again. */
  async function keepGoing(source: SourcePlan): Promise<void> {
    const kind = sourceKinds.of(source);
    await kind.prepare?.(source);
    while (!signal.aborted) {
      try {
        await kind.read(source, placeOf(source));
        return;
      } catch (error) {
        const isTold = error instanceof DisplacedError || error instanceof StateDisplacedError;
        if (!isTold || kind.once === true) {
          talk.error('an input could not be read or stored', { input: kind.nameOf(source), error: reasonOf(error) });
        }
        meter.failed(source.kind);
        if (kind.once === true) return;
        failing.set(source, reasonOf(error));
        await world.wait(RETRY_MS, signal);
      }
    }
  }

  function placeOf(source: SourcePlan): IntakePlace {
    return {
      log,
      link,
      world,
      talk,
      signal,
      lineBytesMax: plan.lineBytesMax,
      folders: {
        ownFiles: plan.pipelines.flatMap(outputFiles),
        stateFolder: plan.stateFolder,
        home: plan.config.directory,
        isSynced: plan.log.durability !== 'os',
        check: () => state.check(),
      },
      intake: intakeFor,
      newReader,
      failing: (reason) => failing.set(source, reason),
      reading: () => void failing.delete(source),
      restored: onRestored,
    };
  }

  function intakeFor(): Intake {
    const { entriesMax } = plan.settings;
    return { store: log, reader: newReader(), entriesMax, lineBytesMax: plan.lineBytesMax };
  }

  function newReader(): EventReader {
    const { depthMax, idempotencyPointer }: ServerPlan = plan.settings;
    return new EventReader(depthMax, idempotencyPointer);
  }
}
