import type { BatchRecord, ProviderStatus } from '../../../ai/index.js';
import { tickRecord } from '../../../event/index.js';
import { comparePositions, type Log, type LogPosition } from '../../../log/index.js';
import type { NatsLink } from '../../../nats/index.js';
import { passOn, waitsForTime } from '../../../pipeline/index.js';
import { LogReader, type LogReaderOptions } from '../../../pipeline/log/index.js';
import { Processor, type Processing, type ProcessorReader } from '../../../pipeline/processor/index.js';
import type { HealthComponent, MemberPipeline, Metrics, PipelineStanding } from '../../../server/index.js';
import type { Fleet } from '../../fleet/fleet.js';
import { statefulParts } from '../../stage-parts.js';
import { checkpointName, checkpointStore } from '../../checkpoints.js';
import type { BatchKeeper } from '../batch-lane/batch-keeper.js';
import type { PipelinesOptions } from './context.js';
import { engineHealth } from './engine-health.js';
import type { Engines, PipelineEngine } from '../../engines/engines.js';
import { outputTeller } from '../../outputs/output-teller.js';
import { daemonLock, deadLetterOpener, natsAway, openerOf } from '../../outputs/openers.js';
import { reasonOf } from '../../reason-of.js';
import type { PipelineServePlan, ServePlan } from '../../serve-plan.js';
import { processorTalk } from './processor-talk.js';
import { stateTalk } from './state-talk.js';

/** The engines of a daemon's pipelines, whose scripts run in threads of their own. */
export interface DaemonEngines extends Engines {
  /** What sends requests in batches, by pipeline. */
  readonly keepers: ReadonlyMap<string, BatchKeeper>;
  /** How long the slowest event of a pipeline has been in work, if that is long for an event. */
  readonly lateMs: (pipeline: string) => number | undefined;
}

/** A paused pipeline, and the engine that processes its events. */
export interface HandedOver {
  readonly pipeline: PipelineServePlan;
  readonly engine: PipelineEngine;
  readonly link: NatsLink | undefined;
  readonly log: Log;
}

/**
 * The running pipelines of a daemon. Alone, it runs them over its stored log. As a member of a fleet, it forwards the events in
 * its log to the fleet, and processes the fleet's work.
 */
export class Pipelines {
  /** The processors that read the daemon's own log, in the order of the plan. */
  readonly #fronts: Processor<LogReader>[];
  #closed = false;
  #batches: readonly BatchRecord[] = [];

  /**
   * @param fleet undefined in a member of a fleet: the server has been unavailable since the start, and stored events wait
   * @param workers process the fleet's work; undefined: the daemon works alone
   */
  private constructor(
    private readonly plan: ServePlan,
    private readonly engines: DaemonEngines,
    private readonly context: PipelinesOptions,
    private readonly fleet: Fleet | undefined,
    private readonly workers: readonly Processor[] | undefined,
  ) {
    this.#fronts = plan.pipelines.map((pipeline) => this.#front(pipeline));
  }

  /** @param fleet the fleet that the daemon has joined */
  static async open(
    plan: ServePlan,
    engines: DaemonEngines,
    context: PipelinesOptions,
    fleet: Fleet | undefined,
  ): Promise<Pipelines> {
    if (plan.fleet === undefined) return new Pipelines(plan, engines, context, undefined, undefined);
    const workers: Processor[] = [];
    for (const pipeline of fleet === undefined ? [] : plan.pipelines) {
      const reader = await fleet?.readerFor(pipeline, engines.engineOf(pipeline), context.onRestored);
      if (reader !== undefined) workers.push(worker(pipeline, reader, plan.stateFolder, engines, context));
    }
    return new Pipelines(plan, engines, context, fleet, workers);
  }

  /**
   * Keeps other processes from the outputs until they are drained. Call this before the start. @throws SinkError when another
   * process writes to one
   */
  async hold(): Promise<void> {
    for (const processor of this.#writers) await processor.hold();
  }

  start(): void {
    this.fleet?.appear({ pipelines: () => this.#writers.map(reportOf) });
    for (const processor of this.#all) processor.start();
    for (const index of this.plan.pipelines.keys()) this.#keep(index);
  }

  /** Has batches sent and fetched for a pipeline, if it has any. */
  #keep(index: number): void {
    const front = (): Processor<LogReader> | undefined => this.#fronts[index];
    this.engines.keepers.get(front()?.pipeline ?? '')?.start({
      get position() {
        return front()?.reader.position;
      },
      get isStopped() {
        return front()?.state.kind === 'stopped';
      },
    });
  }

  /**
   * Runs an action while a pipeline is paused at a checkpoint, because a file has one writer. The other pipelines keep running.
   * In a fleet outputs are never handed over: members write to them while others assign work.
   *
   * @returns whether there is such a pipeline whose outputs are written by this daemon alone
   */
  async handOver(name: string, work: (handed: HandedOver) => Promise<void>): Promise<boolean> {
    const index = this.plan.pipelines.findIndex(({ spec }) => spec.name === name);
    const pipeline = this.plan.pipelines[index];
    if (pipeline === undefined || this.workers !== undefined) return false;
    await this.#fronts[index]?.drain(0);
    try {
      const { link, log } = this.context;
      await work({ pipeline, engine: this.engines.engineOf(pipeline), link, log });
    } finally {
      const processor = this.#front(pipeline);
      this.#fronts[index] = processor;
      processor.start();
    }
    return true;
  }

  /** Every event before this position is durably processed, or forwarded to the fleet. The log's end if there are no pipelines. */
  get processed(): LogPosition {
    const positions = this.#fronts.map(({ reader }) => reader.checkpoint);
    return positions.reduce((least, one) => (comparePositions(one, least) < 0 ? one : least), this.context.log.end);
  }

  health(): HealthComponent {
    const states = this.#all.map(({ pipeline, state, reader }) => ({
      pipeline,
      state,
      ...(reader instanceof LogReader && { lagMs: reader.lagMs }),
    }));
    return engineHealth(states, this.engines.lateMs);
  }

  /** In a fleet, the lag counts events that are not forwarded yet: the fleet's own work belongs to all members. */
  standings(): Promise<readonly PipelineStanding[]> {
    return Promise.all(
      this.#fronts.map(async ({ pipeline, reader, state }, index) => {
        // A disk that fails here is reported elsewhere.
        const backlog = await reader.backlog().catch(() => undefined);
        const { kind } = this.workers?.[index]?.state ?? state;
        return { pipeline, state: kind, lagMs: reader.lagMs, backlog };
      }),
    );
  }

  /** Updates the metrics of AI providers, if there are any. */
  async showAi(meter: Metrics['ai']): Promise<void> {
    await this.#whileOpen(async (ai) => {
      meter.show(...(await Promise.all([ai.status(), ai.spentToday()])));
      meter.showBatches((this.#batches = await ai.batches.open()), this.context.world.now());
    });
  }

  /** The batches that had not ended at the last look, in the order of their creation. */
  get batches(): readonly BatchRecord[] {
    return this.#batches;
  }

  /** Looks at the batches that have not ended, as {@link batches}. */
  async openBatches(): Promise<readonly BatchRecord[]> {
    await this.#whileOpen(async (ai) => (this.#batches = await ai.batches.open()));
    return this.#batches;
  }

  async #whileOpen(look: (ai: NonNullable<Engines['ai']>) => Promise<unknown>): Promise<void> {
    const { ai } = this.engines;
    if (ai === undefined || this.#closed) return;
    const work = async (): Promise<void> => {
      await look(ai);
    };
    try {
      await (this.fleet?.ifThere(work) ?? work());
    } catch (error) {
      // The engines may have been closed meanwhile, for other pipelines: the figures then stay until those run.
      if (!this.#hasClosed()) throw error;
    }
  }

  /** The status of the AI providers; empty if no pipeline asks any. */
  providers(): readonly ProviderStatus[] {
    return this.engines.ai?.providers() ?? [];
  }

  /** Does periodic work. Trouble with an output is reported when it is written to. */
  async tend(): Promise<void> {
    const recovering = this.fleet === undefined ? [] : [this.engines.recover()];
    await Promise.allSettled([...this.#writers.map((processor) => processor.tend()), ...recovering]);
  }

  /** Checks whether an output was renamed, removed or changed. Trouble with an output is reported when it is written to. */
  async checkOutputs(): Promise<void> {
    await Promise.allSettled(this.#writers.map((processor) => processor.checkOutputs()));
  }

  /** Ends the work so that the next start can continue: when everything is done, or after the grace period. */
  async drain(graceMs: number): Promise<void> {
    const keepers = [...this.engines.keepers.values()];
    // No grace period is as long as a batch takes.
    for (const keeper of keepers) keeper.release();
    await Promise.all(this.#fronts.map((processor) => processor.drain(graceMs)));
    await Promise.all(keepers.map((keeper) => keeper.stop()));
    // The rest of the fleet's work is left to other members.
    await Promise.all((this.workers ?? []).map((processor) => processor.stop()));
    this.engines.drain();
    this.#closed = true;
    await this.engines.close();
  }

  /** Cuts off pending AI calls during a drain. @returns the calls, as text for the user */
  abort(): Promise<readonly string[]> {
    return this.engines.abort();
  }

  #hasClosed(): boolean {
    return this.#closed;
  }

  /** The processors that write to the pipelines' outputs. */
  get #writers(): readonly Processor[] {
    return this.workers ?? this.#fronts;
  }

  get #all(): readonly Processor[] {
    return [...(this.workers ?? []), ...this.#fronts];
  }

  #ticksFor(pipeline: string): NonNullable<LogReaderOptions['ticks']> {
    const { log, talk, begun } = this.context;
    const isStart = !begun.has(pipeline);
    begun.add(pipeline);
    return {
      isStart,
      async store(tick) {
        await log.append([tickRecord(pipeline, tick)]);
      },
      onFailure(error) {
        const message = 'a window or batch stays open: that its time has come could not be stored';
        talk.warn(message, { pipeline, error: reasonOf(error) });
      },
    };
  }

  #front(plan: PipelineServePlan): Processor<LogReader> {
    const { log, world, stateWorld, talk, letters, onDamage, tapOf } = this.context;
    const { stateFolder, config } = this.plan;
    const pipeline = plan.spec.name;
    const engine = this.workers === undefined ? this.engines.engineOf(plan) : undefined;
    const reader = new LogReader({
      pipeline,
      log,
      singleLines: engine?.singleLines === true,
      checkpoints: checkpointStore(stateWorld, stateFolder, config.directory),
      // The same with and without a fleet: a daemon that joins or leaves continues where it was.
      checkpointName: checkpointName(log.folder, pipeline),
      world,
      onDamage,
      openState: async (known, executor) => {
        // Most pipelines keep no state.
        if (known === undefined && executor === undefined) return undefined;
        const { openKeptState } = await import('../../kept-state.js');
        const stages = statefulParts(plan.spec);
        return await openKeptState({
          stateFolder,
          known,
          isAnew: false,
          stages,
          executor,
          keys: world.disk.keys,
          talk: stateTalk(talk, pipeline),
        });
      },
      ...(plan.spec.stages.some(waitsForTime) && { ticks: this.#ticksFor(pipeline) }),
      onOtherLog: () => talk.warn('the log is not the one that was processed last: going by time', { pipeline }),
    });
    if (engine !== undefined) {
      const keeper = this.engines.keepers.get(pipeline);
      const said = processorTalk(plan.spec, this.context);
      return new Processor(
        { ...toOutputs(plan, engine, stateFolder, this.context, keeper), reader, tap: () => tapOf(pipeline) },
        keeper === undefined ? said : { ...said, paused: (...why) => keeper.isEnding || said.paused(...why) },
      );
    }
    return new Processor(
      {
        pipeline,
        reader,
        openExecutor: passOn,
        outputs: [{ kind: 'stream', open: () => this.fleet?.work.sinkFor(pipeline) ?? natsAway() }],
        deadLetters: { kind: 'stream', open: () => letters },
        changed: () => undefined,
        world,
      },
      // A forwarded event is not done yet: the member that processes it counts it.
      { ...processorTalk(plan.spec, this.context), delivered: () => undefined },
    );
  }
}

function worker(
  plan: PipelineServePlan,
  reader: ProcessorReader,
  stateFolder: string,
  engines: DaemonEngines,
  context: PipelinesOptions,
): Processor {
  const processing = toOutputs(plan, engines.engineOf(plan), stateFolder, context);
  return new Processor({ ...processing, reader }, processorTalk(plan.spec, context));
}

/** Processes the events of a pipeline, and writes to its own outputs. */
function toOutputs(
  { spec, outputs, deadLetter }: PipelineServePlan,
  engine: PipelineEngine,
  stateFolder: string,
  { world, talk, letters, link }: PipelinesOptions,
  keeper?: BatchKeeper,
): Omit<Processing, 'reader'> {
  const pipeline = spec.name;
  const { keys } = world.disk;
  const lock = daemonLock(talk);
  const onTrouble = (error: unknown): void =>
    talk.warn('a rotated file was left as it is', { pipeline, error: String(error) });
  return {
    pipeline,
    openExecutor: (reading) => engine.open(keeper?.readyUntil(reading)),
    outputs: outputs.map((output, index) =>
      openerOf(output, { pipeline, index, link, stateFolder, lock, letters, keys }, onTrouble),
    ),
    deadLetters: deadLetterOpener(deadLetter, { stateFolder, lock, letters, keys }, onTrouble),
    changed: outputTeller(talk, pipeline),
    world,
  };
}

function reportOf({ pipeline, state, counts }: Processor): MemberPipeline {
  const { input, output, deadLettered } = counts;
  return { name: pipeline, state: state.kind, input, output, dead_lettered: deadLettered };
}
