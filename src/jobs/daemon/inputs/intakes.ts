import { mkdir } from 'node:fs/promises';
import { DisplacedError, type Log, type LogWorld } from '../../../log/index.js';
import type { NatsLink } from '../../../nats/index.js';
import {
  EventReader,
  ingestBlocks,
  ingestFolder,
  type HealthComponent,
  type Intake,
  type Metrics,
  type ServerPlan,
} from '../../../server/index.js';
import { openSource, type Restored } from '../../../sources/index.js';
import { folderTalk } from './folder-talk.js';
import { outputFiles, type FolderSource, type ServePlan, type SourcePlan } from '../../serve-plan.js';
import { StateDisplacedError, type StateFolder } from '../upkeep/state-folder.js';
import type { Talk } from '../../talk.js';

const RETRY_MS = 5000;

/** What the daemon reads besides HTTP. */
export interface Intakes {
  /** Inputs that can't be read at the moment. */
  health(): readonly HealthComponent[];
  /** Ends the reading; what was read is stored. */
  stop(): Promise<void>;
}

/** Who is told of it. */
export interface IntakeTellers {
  readonly talk: Talk;
  readonly meter: Metrics['intakes'];
  readonly onRestored: (restored: Restored) => void;
}

/**
 * Begins to read standard input, watched folders and subjects.
 *
 * @param link undefined: there was nothing to connect for at the start, and subjects wait for the next
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
  /** Why a subject can't be read. */
  const failing = new Map<SourcePlan, string>();
  const stopping = new AbortController();
  const { signal } = stopping;
  const work = plan.sources.map((source) => keepGoing(source));
  return {
    health: () => [...failing].map(([source, error]) => ({ name: nameOf(source), status: 'degraded', error })),
    async stop() {
      stopping.abort();
      await Promise.all(work);
    },
  };

  /** Reads a source to its end, and over failures of the disk: what could not be stored is read again. */
  async function keepGoing(source: SourcePlan): Promise<void> {
    // Where that fails, the watching says why. Not later: what is away then is a disk, and its mount point is not the folder.
    if (source.kind === 'folder') await mkdir(source.folder, { recursive: true }).catch(() => undefined);
    while (!signal.aborted) {
      try {
        await read(source);
        return;
      } catch (error) {
        const isTold = error instanceof DisplacedError || error instanceof StateDisplacedError;
        if (!isTold || source.kind === 'stdin') {
          talk.error('an input could not be read or stored', { input: nameOf(source), error: reasonOf(error) });
        }
        meter.failed(source.kind);
        if (source.kind !== 'stdin') failing.set(source, reasonOf(error));
        // What was read of standard input is gone.
        if (source.kind === 'stdin') return;
        await world.wait(RETRY_MS, signal);
      }
    }
  }

  async function read(source: SourcePlan): Promise<void> {
    switch (source.kind) {
      case 'stdin':
        return readStdin(source.pipeline);
      case 'folder':
        return readFolder(source);
      case 'nats': {
        if (link === undefined) return;
        const { readSubject } = await import('./read-subject.js');
        const reading = (): void => void failing.delete(source);
        return readSubject(source, link, intakeFor(), { reading, restored: onRestored }, signal);
      }
    }
  }

  async function readStdin(pipeline: string): Promise<void> {
    const blocks = openSource('-', { lineBytesMax: plan.lineBytesMax, follow: false }).blocks(signal);
    await ingestBlocks(intakeFor(), { source: 'stdin', pipeline, blocks });
    if (!signal.aborted) talk.info('standard input has ended, and is stored');
  }

  function readFolder(source: FolderSource): Promise<void> {
    failing.delete(source);
    return ingestFolder(
      {
        ...source,
        ownFiles: plan.pipelines.flatMap(outputFiles),
        stateFolder: plan.stateFolder,
        home: plan.config.directory,
        isSynced: plan.log.durability !== 'os',
        check: () => state.check(),
      },
      { ...intakeFor(), newReader, log },
      folderTalk(source.folder, talk, {
        failed: (error) => failing.set(source, error),
        back: () => failing.delete(source),
      }),
      world,
      signal,
    );
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

function nameOf(source: SourcePlan): string {
  switch (source.kind) {
    case 'stdin':
      return 'stdin';
    case 'folder':
      return source.folder;
    case 'nats':
      return `nats ${source.subject}`;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
