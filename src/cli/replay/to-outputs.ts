import { Log, LOG_START, type CheckpointStore } from '../../log/index.js';
import {
  closeSinks,
  openSinks,
  parseProcessingCheckpoint,
  releaseOutputs,
  sentTo,
  type BlockRunResult,
  type OpenSinks,
  type OutputFinding,
  type ProcessingCheckpoint,
} from '../../pipeline/index.js';
import type { NatsLink } from '../../nats/index.js';
import { hasSubjects } from '../fleet/open-nats.js';
import type { Engines } from '../engines.js';
import { checkpointName, checkpointStore } from '../serve/checkpoints.js';
import { wordsFor } from '../serve/output-teller.js';
import { deadLetterOpener, openerOf } from '../serve/outputs.js';
import type { PipelineServePlan } from '../serve/plan.js';
import { openLetters } from './letters.js';
import type { ReplayWay } from './plan.js';
import type { ReplayRun } from './runs.js';
import type { OpenReplay } from './open-replay.js';
import { storedBlocks } from './stored-blocks.js';
import { undrivableCounter } from './through.js';

const SEGMENT_BYTES = 100 << 20;

/**
 * A replay to the pipelines' own outputs, a run for each pipeline. The log is locked meanwhile, because a file has one writer:
 * the daemon, or this. What is written counts when the run is over; after a crash the files are cut back to where they were.
 *
 * @throws LogError `locked` when a daemon runs; SinkError
 */
export async function* runsToOutputs(
  underWay: OpenReplay,
  way: Extract<ReplayWay, { kind: 'to-outputs' }>,
  engines: Engines,
): AsyncGenerator<ReplayRun> {
  const { plan, world } = underWay;
  const log = await Log.open(world, {
    folder: plan.logFolder,
    durability: 'fsync',
    segmentBytesMax: SEGMENT_BYTES,
    pack: false,
    memoryRecordsMax: 0,
    command: 'colloquium replay',
  });
  try {
    yield* toOutputs(underWay, way, engines);
  } finally {
    await log.close();
  }
}

/** The same for whoever holds the log's lock already, and writes to none of the outputs meanwhile. @throws SinkError */
export async function* toOutputs(
  underWay: OpenReplay,
  way: Extract<ReplayWay, { kind: 'to-outputs' }>,
  engines: Engines,
): AsyncGenerator<ReplayRun> {
  const store = checkpointStore(underWay.world, underWay.plan.stateFolder);
  const undrivable = undrivableCounter();
  let link: NatsLink | undefined;
  try {
    if (hasSubjects(way.pipelines)) link = await (await import('../fleet/open-link.js')).openLink(underWay.plan.config);
    for (const pipeline of way.pipelines)
      yield* runToOutputs(underWay, way, pipeline, engines, store, link, undrivable.count);
    undrivable.tell();
  } finally {
    await link?.close();
  }
}

async function* runToOutputs(
  underWay: OpenReplay,
  way: Extract<ReplayWay, { kind: 'to-outputs' }>,
  pipeline: PipelineServePlan,
  engines: Engines,
  store: CheckpointStore,
  link: NatsLink | undefined,
  onUndrivable: () => void,
): AsyncGenerator<ReplayRun> {
  const { plan } = underWay;
  const letters = plan.choice.from === 'log' ? undefined : await openLetters(underWay, pipeline, store, onUndrivable);
  if (letters === undefined && plan.choice.from === 'dead-letters') return;

  const name = checkpointName(plan.logFolder, pipeline.spec.name);
  const found = parseProcessingCheckpoint((await store.get(name))?.value);
  const onTrouble = (error: unknown): void => say(String(error));
  const { stateFolder } = plan;
  const place = { pipeline: pipeline.spec.name, link, stateFolder };
  const openers = pipeline.outputs.map((output, index) => openerOf(output, { ...place, index }, onTrouble));
  const deadLetters = deadLetterOpener(pipeline.deadLetter, stateFolder, onTrouble);
  const tell = (file: string, finding: OutputFinding): void => say(`${file}: ${wordsFor(finding)}`);
  const sinks = await openSinks(openers, deadLetters, found, tell);
  const engine = engines.engineOf(pipeline);
  const executor = engine.open();
  const isOwn = sentTo(pipeline.spec.name);
  const accepts = way.through === 'own' ? { accepts: isOwn } : {};
  try {
    // Without it, whatever a crash leaves of this would count as there before, or as somebody else's.
    await store.put(name, checkpointOf(sinks, found, { ended: false }));
    yield {
      blocks: letters?.blocks ?? storedBlocks(underWay, { singleLines: engine.singleLines, ...accepts }),
      executor,
      outputs: sinks.outputs,
      deadLetters: sinks.deadLetters,
      ...(letters && { onReached: letters.onReached }),
      onDelivered: (delivered) => underWay.onDelivered?.(place.pipeline, delivered),
      finish: async (result: BlockRunResult) => {
        for (const file of sinks.files) {
          const change = await file.look();
          if (change !== undefined) tell(file.name, { when: 'meanwhile', ...change });
          await file.sync();
        }
        const driven = letters && { [letters.file]: letters.driven(result.endedBy === 'input') };
        await store.put(name, checkpointOf(sinks, found, { ended: true, driven }));
      },
    };
  } finally {
    await closeSinks([...sinks.outputs, sinks.deadLetters]);
    await releaseOutputs([...openers, deadLetters]);
    await executor.close();
  }
}

function say(message: string): void {
  process.stderr.write(`colloquium: ${message}\n`);
}

/** The pipeline's place in the log stays; its files are longer now. */
function checkpointOf(
  { files }: OpenSinks,
  found: ProcessingCheckpoint | undefined,
  { ended, driven }: { ended: boolean; driven?: ProcessingCheckpoint['driven'] | undefined },
): ProcessingCheckpoint {
  return {
    place: found?.place ?? { position: LOG_START, timestamp: 0 },
    files: { ...found?.files, ...Object.fromEntries(files.map((sink) => [sink.name, sink.position()])) },
    driven: { ...found?.driven, ...driven },
    ended,
  };
}
