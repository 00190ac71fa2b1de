import type { ProviderStatus } from '../../ai/index.js';
import type { CheckpointStore, LogPosition } from '../../log/index.js';
import { comparePositions } from '../../log/index.js';
import { keepTrying, NatsUnavailableError } from '../../nats/index.js';
import { LogProcessor, passOn, WorkProcessor } from '../../pipeline/index.js';
import type { HealthComponent, MemberPipeline, Metrics, PipelineStanding } from '../../server/index.js';
import { checkpointName, checkpointStore } from '../serve/checkpoints.js';
import { engineHealth } from '../serve/engine-health.js';
import { daemonLock, deadLetterOpener, natsAway, openerOf } from '../serve/outputs.js';
import { stderrSink } from '../stderr-sink.js';
import { outputTeller } from '../serve/output-teller.js';
import type { PipelineServePlan, ServePlan } from '../serve/plan.js';
import { showAi, standingOf, type DaemonEngines, type Pipelines, type ProcessingContext } from '../serve/processing.js';
import { processorTalk } from '../serve/processor-talk.js';
import type { Fleet } from './fleet.js';

/** Events that a member holds at a time, where they are worked on in blocks. */
const HELD_IN_BLOCKS = 512;
/** … and one by one, for each that the executor takes. */
const HELD_PER_CALL = 2;

/**
 * The pipelines of a member of a fleet. What comes in here is stored in the own log first, and passed on to the fleet from there;
 * what the fleet has to do is worked on by whoever has a hand free.
 */
export class FleetProcessing implements Pipelines {
  readonly #forwarders: readonly LogProcessor[];
  #closed = false;

  private constructor(
    private readonly engines: DaemonEngines,
    private readonly context: ProcessingContext,
    private readonly fleet: Fleet | undefined,
    plan: ServePlan,
    private readonly workers: readonly WorkProcessor[],
  ) {
    const checkpoints = checkpointStore(context.stateWorld, plan.stateFolder, plan.config.directory);
    this.#forwarders = plan.pipelines.map((pipeline) => this.#forwarder(pipeline, checkpoints));
  }

  /** @param fleet undefined: its server has been away since the start; what comes in here waits */
  static async open(
    plan: ServePlan,
    engines: DaemonEngines,
    context: ProcessingContext,
    fleet: Fleet | undefined,
  ): Promise<FleetProcessing> {
    const workers: WorkProcessor[] = [];
    if (fleet === undefined) return new FleetProcessing(engines, context, fleet, plan, workers);
    const open = (pipeline: PipelineServePlan): Promise<WorkProcessor> =>
      openWorker(pipeline, plan.stateFolder, engines, context, fleet);
    for (const pipeline of plan.pipelines) workers.push(await open(pipeline));
    return new FleetProcessing(engines, context, fleet, plan, workers);
  }

  async hold(): Promise<void> {
    for (const worker of this.workers) await worker.hold();
  }

  start(): void {
    this.fleet?.appear({ pipelines: () => this.workers.map(reportOf) });
    for (const processor of [...this.#forwarders, ...this.workers]) processor.start();
  }

  /** The outputs here are written to while others give out work: they are never handed over. */
  handOver(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** Up to here everything that came in here is with the fleet. */
  get processed(): LogPosition {
    const positions = this.#forwarders.map(({ checkpoint }) => checkpoint);
    return positions.reduce((least, one) => (comparePositions(one, least) < 0 ? one : least), this.context.log.end);
  }

  health(): HealthComponent {
    return engineHealth([...this.workers, ...this.#forwarders], this.engines.lateMs);
  }

  async standings(): Promise<readonly PipelineStanding[]> {
    // What is not with the fleet yet: what the fleet has to do is everybody's.
    const standings = this.#forwarders.map(async (forwarder, index) =>
      standingOf(forwarder, this.workers[index]?.state ?? forwarder.state),
    );
    return await Promise.all(standings);
  }

  async showAi(meter: Metrics['ai']): Promise<void> {
    const show = (): Promise<void> => showAi(this.engines, meter, () => this.#closed);
    const { link } = this.context;
    try {
      // Whoever looks does not wait for a server that is away: the figures stand as they were.
      await (link === undefined ? show() : keepTrying(link, show, 0));
    } catch (error) {
      if (!(error instanceof NatsUnavailableError)) throw error;
    }
  }

  providers(): readonly ProviderStatus[] {
    return this.engines.ai?.providers() ?? [];
  }

  async tend(): Promise<void> {
    await Promise.allSettled([...this.workers.map((worker) => worker.tend()), this.engines.recover()]);
  }

  async look(): Promise<void> {
    await Promise.allSettled(this.workers.map((worker) => worker.look()));
  }

  /** Passes on what came in here, finishes what is being worked on, and leaves the rest to the others. */
  async drain(graceMs: number): Promise<void> {
    await Promise.all(this.#forwarders.map((forwarder) => forwarder.drain(graceMs)));
    await Promise.all(this.workers.map((worker) => worker.stop()));
    this.engines.drain();
    this.#closed = true;
    await this.engines.close();
  }

  abort(): Promise<readonly string[]> {
    return this.engines.abort();
  }

  #forwarder({ spec }: PipelineServePlan, checkpoints: CheckpointStore): LogProcessor {
    const { log, world, talk, onDamage } = this.context;
    const pipeline = spec.name;
    return new LogProcessor(
      {
        pipeline,
        log,
        openExecutor: passOn,
        singleLines: false,
        outputs: [{ kind: 'stream', open: () => this.fleet?.work.sinkFor(pipeline) ?? natsAway() }],
        deadLetters: { kind: 'stream', open: stderrSink },
        checkpoints,
        // The same as without a fleet: whoever joins or leaves goes on where they were.
        checkpointName: checkpointName(log.folder, pipeline),
        world: { now: world.now, wait: world.wait },
        tell: {
          damage: onDamage,
          changed: () => undefined,
          otherLog: () => talk.warn('the log is not the one that was processed last: going by time', { pipeline }),
        },
      },
      // What is passed on is not done yet: whoever does it counts it.
      { ...processorTalk(pipeline, this.context), delivered: () => undefined },
    );
  }
}

async function openWorker(
  plan: PipelineServePlan,
  stateFolder: string,
  engines: DaemonEngines,
  context: ProcessingContext,
  fleet: Fleet,
): Promise<WorkProcessor> {
  const { world, talk, link, onRestored } = context;
  const pipeline = plan.spec.name;
  const lock = daemonLock(talk);
  const engine = engines.engineOf(plan);
  const onTrouble = (error: unknown): void =>
    talk.warn('a rotated file was left as it is', { pipeline, error: String(error) });
  const executor = engine.open();
  const heldMax = engine.singleLines ? executor.width * HELD_PER_CALL : HELD_IN_BLOCKS;
  await executor.close();
  return new WorkProcessor(
    {
      pipeline,
      queue: await fleet.work.queueFor(pipeline, heldMax, onRestored),
      openExecutor: () => engine.open(),
      singleLines: engine.singleLines,
      outputs: plan.outputs.map((output, index) =>
        openerOf(output, { pipeline, index, link, stateFolder, lock }, onTrouble),
      ),
      deadLetters: deadLetterOpener(plan.deadLetter, { stateFolder, lock }, onTrouble),
      changed: outputTeller(talk, pipeline),
      rawMax: plan.block.rawMax,
      deliveriesMax: fleet.plan.deliveriesMax,
      world: { now: world.now, wait: world.wait },
    },
    processorTalk(pipeline, context),
  );
}

function reportOf({ pipeline, state, counts }: WorkProcessor): MemberPipeline {
  const { input, output, deadLettered } = counts;
  return { name: pipeline, state: state.kind, input, output, dead_lettered: deadLettered };
}
