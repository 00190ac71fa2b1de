import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { Log, type Damage, type World } from '../../log/index.js';
import {
  healthOf,
  startServer,
  type AccessRules,
  type Health,
  type HealthComponent,
  type RunningServer,
} from '../../server/index.js';
import { hasAi, openEngines } from '../engines.js';
import { startIntakes } from './intakes.js';
import type { AccessPlan, ListenPlan, ServePlan } from './plan.js';
import { Processing } from './processing.js';
import { applyRetention } from './retention.js';
import type { Talk } from './talk.js';
import { workingThreads } from './threads.js';

/** Requests that are under way may finish for so long. */
const REQUEST_GRACE_MS = 10_000;
/** Stored events are processed for so long before the daemon ends; what is left is processed at the next start. */
const DRAIN_GRACE_MS = 10_000;
/** How often files that nothing is written to are looked after. */
const TEND_INTERVAL_MS = 10_000;
const RETENTION_INTERVAL_MS = 3_600_000;

/** Damaged places that are remembered, so that each is told once. */
const DAMAGE_REMEMBERED_MAX = 1000;

/** What a daemon is started with. */
export interface DaemonContext {
  readonly world: World;
  readonly talk: Talk;
  /** Nobody reads standard output any more. */
  readonly onOutputClosed: () => void;
}

/** A running daemon. */
export interface Daemon {
  /** Where it listens. */
  readonly url: string;
  /** Goes on by another plan, as far as that can be done without a new start. */
  reload(plan: ServePlan): Promise<void>;
  /** Takes nothing more in, processes what is stored for a while, and leaves everything at a checkpoint. */
  stop(): Promise<void>;
}

/**
 * Opens the log, starts the processing, and takes events in.
 *
 * @throws LogError; ConfigError, ComputoError for a pipeline that can't be compiled; the operating system's errors for a port
 *   that can't be had
 */
export async function startDaemon(firstPlan: ServePlan, context: DaemonContext): Promise<Daemon> {
  const { world, talk } = context;
  let plan = firstPlan;
  let writeError: string | undefined;
  const stopping = new AbortController();
  const onDamage = damageTeller(talk);

  const log = await Log.open(world, {
    ...plan.log,
    hooks: {
      onSync: () => (writeError = undefined),
      onWriteError: (error, events) => {
        // Once, not for every request that meets it.
        if (writeError === undefined) talk.error('events can not be stored', { error: error.message, events });
        writeError = error.message;
      },
      onPackFailed: (segment, error) =>
        talk.warn('a segment stays unpacked', { segment: segment.number, error: String(error) }),
    },
  });
  if (log.torn !== undefined) {
    const { file, offset, cutBytes, keptIn, missingBytes } = log.torn;
    talk.warn('what lay behind the last intact record of the log was cut off', { file, offset, cutBytes, keptIn });
    if (missingBytes > 0) talk.error('stored events are lost', { file, offset, missingBytes });
  }

  const openProcessing = async (given: ServePlan): Promise<Processing> => {
    const plain = given.pipelines.filter((pipeline) => !hasAi(pipeline)).length;
    const workersEach = Math.ceil(given.workers / Math.max(1, plain));
    const engines = await openEngines(
      { ...given, live: false, plain: (block) => workingThreads(block, workersEach) },
      (message) => talk.warn(message),
    );
    return new Processing(given, engines, { ...context, log, onDamage });
  };

  const health = (): Health => {
    const { memoryRecords } = log.stats();
    const storage: HealthComponent = {
      name: 'storage',
      status: writeError === undefined ? 'healthy' : 'unhealthy',
      ...(writeError !== undefined && { error: 'events can not be stored' }),
      memory_events: memoryRecords,
    };
    return healthOf([processing.health(), storage], world.now());
  };

  const access = accessOf(() => plan.access);

  let processing: Processing;
  let server: RunningServer;
  try {
    processing = await openProcessing(plan);
    processing.start();
    server = await startServer({
      ...(await listenOptions(plan.listen)),
      store: log,
      settings: () => plan.settings,
      access,
      health,
      now: world.now,
      elapsed: world.elapsed,
      onDamage,
      onBug: (error) =>
        talk.error('a bug in colloquium', { error: error instanceof Error ? error.stack : String(error) }),
    });
  } catch (error) {
    await log.close();
    throw error;
  }

  let intakes = startIntakes(plan, log, world, talk);
  const retain = (): Promise<void> => applyRetention(log, plan.retention, processing.processed, world.now(), talk);
  const chores = [every(TEND_INTERVAL_MS, () => processing.tend()), every(RETENTION_INTERVAL_MS, retain)];

  async function every(intervalMs: number, chore: () => Promise<void>): Promise<void> {
    const { signal } = stopping;
    for (;;) {
      await world.wait(intervalMs, signal);
      if (signal.aborted) return;
      await chore();
    }
  }

  return {
    url: server.url,
    async reload(next) {
      for (const section of fixedAtStart(plan, next)) talk.warn('this takes effect at the next start', { section });
      const before = plan;
      // Requests go by the new settings from now on; new pipelines' events are stored until they run.
      plan = { ...next, log: before.log, listen: before.listen };
      if (!isDeepStrictEqual(intakesOf(before), intakesOf(next))) {
        await intakes.stop();
        intakes = startIntakes(plan, log, world, talk);
      }
      if (isDeepStrictEqual(processingOf(before), processingOf(next))) return;
      await processing.drain(0);
      try {
        processing = await openProcessing(plan);
      } catch (error) {
        plan = before;
        processing = await openProcessing(plan);
        throw error;
      } finally {
        processing.start();
      }
    },
    async stop() {
      stopping.abort();
      await Promise.all([server.close(REQUEST_GRACE_MS), intakes.stop()]);
      await processing.drain(DRAIN_GRACE_MS);
      await Promise.all(chores);
      await log.close();
    },
  };
}

/** Who may come in, by the plan that is in force. */
function accessOf(plan: () => AccessPlan): () => AccessRules {
  return () => {
    const { mayBeOpen, tokens } = plan();
    return { isOpen: mayBeOpen && tokens.length === 0, configured: tokens, created: new Map() };
  };
}

/** What can't be changed while it runs, and differs. */
function fixedAtStart(before: ServePlan, next: ServePlan): readonly string[] {
  const sections: string[] = [];
  if (!isDeepStrictEqual(before.listen, next.listen)) sections.push('server.host, port or tls');
  if (!isDeepStrictEqual(before.log, next.log)) sections.push('storage, processing.max_queue_size');
  return sections;
}

/** What the processing depends on. */
function processingOf({ pipelines, workers, stateFolder }: ServePlan): unknown {
  return { pipelines, workers, stateFolder };
}

/** What reading depends on. */
function intakesOf({ sources, lineBytesMax, settings, stateFolder }: ServePlan): unknown {
  return { sources, lineBytesMax, depthMax: settings.depthMax, pointer: settings.idempotencyPointer, stateFolder };
}

async function listenOptions({ host, port, tls }: ListenPlan): Promise<{
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
}> {
  if (tls === undefined) return { host, port };
  const [cert, key] = await Promise.all([readFile(tls.cert), readFile(tls.key)]);
  return { host, port, tls: { cert, key } };
}

function damageTeller(talk: Talk): (damage: Damage) => void {
  const told = new Set<string>();
  return ({ message }) => {
    if (told.has(message)) return;
    if (told.size >= DAMAGE_REMEMBERED_MAX) told.clear();
    told.add(message);
    talk.error('the log is damaged', { place: message });
  };
}
