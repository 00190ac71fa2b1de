import type { ProviderStatus } from '../../ai/index.js';
import type { CheckpointStore } from '../../log/index.js';
import { comparePositions, type Damage, type Log, type LogPosition, type LogWorld } from '../../log/index.js';
import type { NatsLink } from '../../nats/index.js';
import { LogProcessor, type Tap } from '../../pipeline/index.js';
import type { Restored } from '../../sources/index.js';
import type { HealthComponent, Metrics, PipelineStanding } from '../../server/index.js';
import { checkpointName, checkpointStore } from './checkpoints.js';
import { engineHealth } from './engine-health.js';
import type { Engines, PipelineEngine } from '../engines.js';
import { outputTeller } from './output-teller.js';
import { daemonLock, deadLetterOpener, openerOf } from './outputs.js';
import type { PipelineServePlan, ServePlan } from './plan.js';
import { processorTalk } from './processor-talk.js';
import type { Talk } from './talk.js';

/** What the pipelines of a daemon need of it. */
export interface ProcessingContext {
  readonly log: Log;
  readonly world: LogWorld;
  /** The same, for what is kept in the state folder: nothing can be done there while that is not where it was. */
  readonly stateWorld: LogWorld;
  readonly talk: Talk;
  readonly meter: Metrics['pipelines'];
  /** Told of every damaged place of the log. */
  readonly onDamage: (damage: Damage) => void;
  /** Asked before each block of a pipeline whether anybody wants to see its events on their way. */
  readonly tapOf: (pipeline: string) => Tap | undefined;
  /** The connection to NATS, where the config needs one and the server is there. */
  readonly link: NatsLink | undefined;
  /** The server had lost what we read from. */
  readonly onRestored: (restored: Restored) => void;
  /** Nobody reads standard output any more. */
  readonly onOutputClosed: () => void;
}

/** The engines of a daemon's pipelines, whose scripts run in threads of their own. */
export interface DaemonEngines extends Engines {
  /** For how long the slowest event of a pipeline is in work, where that is long for an event. */
  readonly lateMs: (pipeline: string) => number | undefined;
}

/** A pipeline that stands still, and what works on its events. */
export interface HandedOver {
  readonly pipeline: PipelineServePlan;
  readonly engine: PipelineEngine;
  readonly link: NatsLink | undefined;
  readonly log: Log;
}

/** The pipelines of a daemon at work. */
export interface Pipelines {
  /** Before the start: keeps other processes from the outputs, until they are drained. @throws SinkError when one writes there */
  hold(): Promise<void>;
  start(): void;
  /**
   * Does something while a pipeline stands still at a checkpoint, because a file has one writer. The others run on.
   *
   * @returns whether there is such a pipeline whose outputs are written to here
   */
  handOver(pipeline: string, work: (handed: HandedOver) => Promise<void>): Promise<boolean>;
  /** What came in before is taken care of, durably. */
  readonly processed: LogPosition;
  health(): HealthComponent;
  standings(): Promise<readonly PipelineStanding[]>;
  /** Shows what the AI providers do, where there are any. */
  showAi(meter: Metrics['ai']): Promise<void>;
  providers(): readonly ProviderStatus[];
  /** Does what the clock asks for. Trouble with an output shows when it is written to. */
  tend(): Promise<void>;
  /** Sees whether somebody renamed, removed or changed an output. Trouble with it shows when it is written to. */
  look(): Promise<void>;
  /** Ends the work so that it can go on at the next start: when all is done, or after the grace. */
  drain(graceMs: number): Promise<void>;
  /** While it drains: cuts off what providers were asked. @returns the calls, for a person */
  abort(): Promise<readonly string[]>;
}

/** All pipelines of the daemon, at work on the stored log. */
export class Processing implements Pipelines {
  readonly #processors: LogProcessor[];
  readonly #checkpoints: CheckpointStore;
  #closed = false;

  constructor(
    private readonly plan: Pick<ServePlan, 'pipelines' | 'stateFolder' | 'config'>,
    private readonly engines: DaemonEngines,
    private readonly context: ProcessingContext,
  ) {
    this.#checkpoints = checkpointStore(context.stateWorld, plan.stateFolder, plan.config.directory);
    this.#processors = plan.pipelines.map((pipeline) => this.#processor(pipeline));
  }

  async hold(): Promise<void> {
    for (const processor of this.#processors) await processor.hold();
  }

  start(): void {
    for (const processor of this.#processors) processor.start();
  }

  async handOver(name: string, work: (handed: HandedOver) => Promise<void>): Promise<boolean> {
    const index = this.plan.pipelines.findIndex(({ spec }) => spec.name === name);
    const pipeline = this.plan.pipelines[index];
    if (pipeline === undefined) return false;
    await this.#processors[index]?.drain(0);
    try {
      const { link, log } = this.context;
      await work({ pipeline, engine: this.engines.engineOf(pipeline), link, log });
    } finally {
      const processor = this.#processor(pipeline);
      this.#processors[index] = processor;
      processor.start();
    }
    return true;
  }

  /** Up to here every pipeline has processed its events, durably; the log's end when there are no pipelines. */
  get processed(): LogPosition {
    const positions = this.#processors.map(({ checkpoint }) => checkpoint);
    return positions.reduce((least, one) => (comparePositions(one, least) < 0 ? one : least), this.context.log.end);
  }

  health(): HealthComponent {
    return engineHealth(this.#processors, this.engines.lateMs);
  }

  standings(): Promise<readonly PipelineStanding[]> {
    return Promise.all(this.#processors.map((processor) => standingOf(processor, processor.state)));
  }

  async showAi(meter: Metrics['ai']): Promise<void> {
    await showAi(this.engines, meter, () => this.#closed);
  }

  /** How the AI providers stand; none: no pipeline asks any. */
  providers(): readonly ProviderStatus[] {
    return this.engines.ai?.providers() ?? [];
  }

  async tend(): Promise<void> {
    await Promise.allSettled(this.#processors.map((processor) => processor.tend()));
  }

  async look(): Promise<void> {
    await Promise.allSettled(this.#processors.map((processor) => processor.look()));
  }

  /** Ends the work at a checkpoint: at the log's end, or after the grace. */
  async drain(graceMs: number): Promise<void> {
    await Promise.all(this.#processors.map((processor) => processor.drain(graceMs)));
    this.engines.drain();
    this.#closed = true;
    await this.engines.close();
  }

  abort(): Promise<readonly string[]> {
    return this.engines.abort();
  }

  #processor(plan: PipelineServePlan): LogProcessor {
    const { log, world, talk, link, onDamage, tapOf } = this.context;
    const { stateFolder } = this.plan;
    const pipeline = plan.spec.name;
    const lock = daemonLock(talk);
    const engine = this.engines.engineOf(plan);
    const onTrouble = (error: unknown): void =>
      talk.warn('a rotated file was left as it is', { pipeline, error: String(error) });
    return new LogProcessor(
      {
        pipeline,
        log,
        openExecutor: () => engine.open(),
        singleLines: engine.singleLines,
        outputs: plan.outputs.map((output, index) =>
          openerOf(output, { pipeline, index, link, stateFolder, lock }, onTrouble),
        ),
        deadLetters: deadLetterOpener(plan.deadLetter, { stateFolder, lock }, onTrouble),
        checkpoints: this.#checkpoints,
        checkpointName: checkpointName(log.folder, pipeline),
        world: { now: world.now, wait: world.wait },
        tap: () => tapOf(pipeline),
        tell: {
          damage: onDamage,
          changed: outputTeller(talk, pipeline),
          otherLog: () => talk.warn('the log is not the one that was processed last: going by time', { pipeline }),
        },
      },
      processorTalk(pipeline, this.context),
    );
  }
}

/** A pipeline as it stands. @param reader of the log @param state of what works on its events */
export async function standingOf(reader: LogProcessor, state: LogProcessor['state']): Promise<PipelineStanding> {
  const { pipeline, lagMs } = reader;
  // A disk that fails now is told of elsewhere.
  const backlog = await reader.backlog().catch(() => undefined);
  return { pipeline, state: state.kind, lagMs, backlog };
}

/** Shows what the AI providers do, where there are any. */
export async function showAi({ ai }: Engines, meter: Metrics['ai'], isClosed: () => boolean): Promise<void> {
  if (ai === undefined || isClosed()) return;
  try {
    meter.show(...(await Promise.all([ai.status(), ai.spentToday()])));
  } catch (error) {
    // It may have been closed meanwhile, for other pipelines: then the figures stand until those run.
    if (!isClosed()) throw error;
  }
}
