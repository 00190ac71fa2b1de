import type { ProviderStatus } from '../../ai/index.js';
import type { CheckpointStore } from '../../log/index.js';
import { comparePositions, type Damage, type Log, type Position, type World } from '../../log/index.js';
import { LogProcessor, type Tap } from '../../pipeline/index.js';
import type { HealthComponent, Metrics, PipelineStanding } from '../../server/index.js';
import { checkpointName, checkpointStore } from './checkpoints.js';
import type { Engines } from '../engines.js';
import { deadLetterOpener, openerOf } from './outputs.js';
import type { PipelineServePlan, ServePlan } from './plan.js';
import type { Talk } from './talk.js';
import { tellEvents, tellFailures } from './tell-events.js';

/** What the pipelines of a daemon need of it. */
export interface ProcessingContext {
  readonly log: Log;
  readonly world: World;
  readonly talk: Talk;
  readonly meter: Metrics['pipelines'];
  /** Told of every damaged place of the log. */
  readonly onDamage: (damage: Damage) => void;
  /** Asked before each block of a pipeline whether anybody wants to see its events on their way. */
  readonly tapOf: (pipeline: string) => Tap | undefined;
  /** Nobody reads standard output any more. */
  readonly onOutputClosed: () => void;
}

/** All pipelines of the daemon, at work on the stored log. */
export class Processing {
  readonly #processors: readonly LogProcessor[];
  #closed = false;

  constructor(
    plan: ServePlan,
    private readonly engines: Engines,
    private readonly context: ProcessingContext,
  ) {
    const checkpoints = checkpointStore(context.world, plan.stateFolder);
    this.#processors = plan.pipelines.map((pipeline) => this.#processor(pipeline, checkpoints));
  }

  start(): void {
    for (const processor of this.#processors) processor.start();
  }

  /** Up to here every pipeline has processed its events, durably; the log's end when there are no pipelines. */
  get processed(): Position {
    const positions = this.#processors.map(({ checkpoint }) => checkpoint);
    return positions.reduce((least, one) => (comparePositions(one, least) < 0 ? one : least), this.context.log.end);
  }

  health(): HealthComponent {
    const name = 'stream_engine';
    for (const { state, pipeline } of this.#processors) {
      if (state.kind === 'stopped') {
        return {
          name,
          status: 'degraded',
          error: `pipeline ${pipeline} has stopped at a failed event (on_error: stop)`,
        };
      }
      if (state.kind === 'waiting')
        return { name, status: 'degraded', error: `pipeline ${pipeline} waits: ${state.message}` };
    }
    return { name, status: 'healthy' };
  }

  standings(): readonly PipelineStanding[] {
    return this.#processors.map(({ pipeline, state, lagMs }) => ({ pipeline, state: state.kind, lagMs }));
  }

  /** Shows what the AI providers do, where there are any. */
  async showAi(meter: Metrics['ai']): Promise<void> {
    const { ai } = this.engines;
    if (ai === undefined || this.#isClosed()) return;
    try {
      meter.show(...(await Promise.all([ai.status(), ai.spentToday()])));
    } catch (error) {
      // It may have been closed meanwhile, for other pipelines: then the figures stand until those run.
      if (!this.#isClosed()) throw error;
    }
  }

  /** How the AI providers stand; none: no pipeline asks any. */
  providers(): readonly ProviderStatus[] {
    return this.engines.ai?.providers() ?? [];
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  /** Does what the clock asks for. Trouble with an output shows when it is written to. */
  async tend(): Promise<void> {
    await Promise.allSettled(this.#processors.map((processor) => processor.tend()));
  }

  /** Ends the work at a checkpoint: at the log's end, or after the grace. */
  async drain(graceMs: number): Promise<void> {
    await Promise.all(this.#processors.map((processor) => processor.drain(graceMs)));
    this.engines.drain();
    this.#closed = true;
    await this.engines.close();
  }

  #processor(plan: PipelineServePlan, checkpoints: CheckpointStore): LogProcessor {
    const { log, world, talk, meter, onDamage, onOutputClosed, tapOf } = this.context;
    const pipeline = plan.spec.name;
    const engine = this.engines.engineOf(plan);
    const onTrouble = (error: unknown): void =>
      talk.warn('a rotated file was left as it is', { pipeline, error: String(error) });
    return new LogProcessor(
      {
        pipeline,
        log,
        openExecutor: () => engine.open(),
        singleLines: engine.singleLines,
        outputs: plan.outputs.map((output) => openerOf(output, onTrouble)),
        deadLetters: deadLetterOpener(plan.deadLetter, onTrouble),
        checkpoints,
        checkpointName: checkpointName(log.folder, pipeline),
        world: { now: world.now, wait: world.wait },
        tap: () => tapOf(pipeline),
        tell: {
          damage: onDamage,
          lost: (file, bytes) => talk.warn('an output file was shortened by somebody else', { pipeline, file, bytes }),
          otherLog: () => talk.warn('the log is not the one that was processed last: going by time', { pipeline }),
        },
      },
      {
        failed: (error, retryMs) =>
          talk.error('processing failed, and goes on from its checkpoint', {
            pipeline,
            error: reasonOf(error),
            retryMs,
          }),
        paused: (message, retryMs) => talk.warn('processing waits', { pipeline, reason: message, retryMs }),
        stopped: () =>
          talk.error('an event failed, and on_error: stop keeps the rest from being processed', { pipeline }),
        delivered({ storedAt, ...tally }) {
          meter.count(pipeline, { ...tally, ageMs: storedAt === undefined ? undefined : world.now() - storedAt });
          tellFailures(talk, pipeline, tally.failures);
          tellEvents(talk, pipeline, tally.observations);
        },
        outputClosed: onOutputClosed,
      },
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
