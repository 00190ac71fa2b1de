import { sentTo } from '../../event/index.js';
import { Log, LOG_START } from '../../log/index.js';
import type { OpenSinks } from '../../pipeline/index.js';
import { knownFiles, parseProcessingCheckpoint, type ProcessingCheckpoint } from '../../pipeline/log/index.js';
import { openSinks, releaseOutputs, type OutputFinding } from '../../pipeline/processor/index.js';
import type { RetriedLetters } from '../../pipeline/letters/index.js';
import type { NatsLink } from '../../nats/index.js';
import type { Block } from '../../sources/index.js';
import { hasSubjects } from '../fleet/open-nats.js';
import type { Engines, PipelineEngine } from '../engines/engines.js';
import { checkpointName, checkpointStore } from '../checkpoints.js';
import { wordsFor } from '../outputs/output-teller.js';
import { deadLetterOpener, openerOf } from '../outputs/openers.js';
import type { PipelineServePlan } from '../serve-plan.js';
import { refuseHalfRekeyed } from '../rekey-note.js';
import { makeStateFolder } from '../state-folder.js';
import { LeftOut } from './left-out.js';
import { lettersToRetry, nothingLeft, reportLeft, type LettersToRetry } from './letters.js';
import type { ReplayWay } from './plan.js';
import type { ReplayRun } from './runs.js';
import type { OpenReplay } from './open-replay.js';
import { storedBlocks } from './stored-blocks.js';

const SEGMENT_BYTES = 100 << 20;

/**
 * A replay to the pipelines' own outputs, one run per pipeline. The log is locked meanwhile, because a file has one writer: the
 * daemon or this process. Results count once the run is over; after a crash the files are truncated to their former lengths.
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
    yield* toOutputs({ ...underWay, log }, way, engines);
  } finally {
    await log.close();
  }
}

async function* toOutputs(
  underWay: OpenReplay & { readonly log: Log },
  way: Extract<ReplayWay, { kind: 'to-outputs' }>,
  engines: Engines,
): AsyncGenerator<ReplayRun> {
  let link: NatsLink | undefined;
  const leftOut = new LeftOut();
  try {
    if (hasSubjects(way.pipelines)) link = await (await import('../fleet/open-link.js')).openLink(underWay.plan.config);
    const toOwn = (pipeline: PipelineServePlan): Omit<ToOwnOutputs, 'blocks'> => ({
      ...underWay,
      pipeline,
      engine: engines.engineOf(pipeline),
      link,
      leftOut,
    });
    if (underWay.plan.choice.from === 'dead-letters') {
      const left = nothingLeft();
      try {
        for await (const letters of lettersToRetry(underWay, way, left))
          yield await runToOutputs({ ...toOwn(letters.pipeline), blocks: letters.blocks, letters });
      } finally {
        reportLeft(left, underWay.talk.notice);
      }
      return;
    }
    for (const pipeline of way.pipelines) {
      const { singleLines } = engines.engineOf(pipeline);
      const accepts = way.through === 'own' ? { accepts: sentTo(pipeline.spec.name) } : {};
      yield await runToOutputs({ ...toOwn(pipeline), blocks: storedBlocks(underWay, { singleLines, ...accepts }) });
    }
  } finally {
    leftOut.report(underWay.talk.notice);
    await link?.close();
  }
}

/** Events on their way through a pipeline to its own outputs. */
export interface ToOwnOutputs extends Pick<OpenReplay, 'plan' | 'world' | 'talk' | 'onDelivered'> {
  readonly log: Log;
  readonly pipeline: PipelineServePlan;
  readonly engine: PipelineEngine;
  readonly link: NatsLink | undefined;
  readonly blocks: AsyncIterable<Block>;
  /** Set if the events are dead letters. */
  readonly letters?: Pick<LettersToRetry, 'key' | 'onReached' | 'onLeft' | 'note' | 'remember'>;
  /** Set if filters choose among the events. */
  readonly leftOut?: LeftOut;
}

/** The caller must hold the log's lock, and nobody else may write to the pipeline's outputs. @throws SinkError */
export async function runToOutputs(work: ToOwnOutputs): Promise<ReplayRun> {
  const { plan, world, pipeline, engine, link, letters, blocks, talk } = work;
  refuseHalfRekeyed(plan.stateFolder);
  makeStateFolder(plan.stateFolder);
  const store = checkpointStore(world, plan.stateFolder, plan.config.directory);
  const name = checkpointName(plan.logFolder, pipeline.spec.name);
  const found = parseProcessingCheckpoint((await store.get(name))?.value);
  const { stateFolder } = plan;
  const lock = { command: 'colloquium replay' };
  const place = { pipeline: pipeline.spec.name, link, stateFolder, lock, letters: talk.letters, keys: world.disk.keys };
  const onTrouble = (error: unknown): void => talk.notice(String(error));
  const openers = pipeline.outputs.map((output, index) => openerOf(output, { ...place, index }, onTrouble));
  const deadLetters = deadLetterOpener(pipeline.deadLetter, place, onTrouble);
  const tell = (file: string, finding: OutputFinding): void => talk.notice(`${file}: ${wordsFor(finding)}`);
  const known = await knownFiles(work.log, place.pipeline, found);
  const release = (): Promise<void> => releaseOutputs([...openers, deadLetters]);
  const sinks = await openSinks(openers, deadLetters, known, tell).catch(async (error: unknown) => {
    await release();
    throw error;
  });
  return {
    blocks,
    executor: engine.open(),
    sinks: {
      ...sinks,
      async close() {
        await sinks.close();
        await release();
      },
    },
    onDelivered(delivered) {
      // A letter that no filter could judge stays for the next retry.
      if (work.leftOut?.add(delivered) === true) letters?.onLeft(delivered.resumeAt, 'filter-failed');
      work.onDelivered?.(place.pipeline, delivered);
    },
    keep: {
      // Otherwise, after a crash, the results of this run would count as earlier results, or as somebody else's.
      begin: () => store.put(name, checkpointOf(sinks, found, { ended: false })),
      ...(letters && { reached: letters.onReached }),
      async finish(result) {
        // If the run was stopped, events that a stage still holds have no result yet: the files are truncated at the next start.
        if (result.endedBy === 'error' || result.counts.open > 0) return result;
        for (const file of sinks.files) {
          const change = await file.checkPlace();
          if (change !== undefined) tell(file.name, { when: 'meanwhile', ...change });
          await file.sync();
        }
        if (letters === undefined) {
          await store.put(name, checkpointOf(sinks, found, { ended: true }));
          return result;
        }
        const note = letters.note();
        // Written together with the lengths of the outputs, so that both count or neither.
        await store.put(name, checkpointOf(sinks, found, { ended: true, driven: { [letters.key]: note } }));
        await letters.remember(note);
        // The note is now stored elsewhere, and the pipeline writes its checkpoint often.
        await store.put(name, checkpointOf(sinks, found, { ended: true, driven: { [letters.key]: undefined } }));
        return result;
      },
    },
  };
}

/** Keeps the pipeline's position in the log and the state of its stages; only its files have grown. */
function checkpointOf(
  { files }: OpenSinks,
  found: ProcessingCheckpoint | undefined,
  { ended, driven = {} }: { ended: boolean; driven?: Readonly<Record<string, RetriedLetters | undefined>> },
): ProcessingCheckpoint {
  const all = Object.entries({ ...found?.driven, ...driven });
  return {
    place: found?.place ?? { position: LOG_START, timestamp: 0 },
    files: { ...found?.files, ...Object.fromEntries(files.map((sink) => [sink.name, sink.position()])) },
    // The state of the running pipeline's stages belongs to them alone.
    ...(found?.state && { state: found.state }),
    driven: Object.fromEntries(all.flatMap(([key, letters]) => (letters === undefined ? [] : [[key, letters]]))),
    ended,
    replays: !ended,
  };
}
