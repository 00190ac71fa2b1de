import { statSync } from 'node:fs';
import { comparePositions, LOG_START, type CheckpointStore, type Log } from '../../../log/index.js';
import { hasEventsOf, parseProcessingCheckpoint, type ProcessingCheckpoint } from '../../../pipeline/log/index.js';
import { logSource, parseLogMark, type Block, type LogMark } from '../../../sources/index.js';
import { JobError } from '../../job-error.js';
import { checkpointName } from '../../checkpoints.js';
import { outputFiles, type ServePlan } from '../../serve-plan.js';
import type { Talk } from '../../talk.js';

/**
 * Finds pipelines that have lost their checkpoint: the log has events for them, and their outputs are not empty. If a checkpoint
 * under another folder's name fits this log, as when the log was moved and its state was not, it is used; otherwise all events
 * would be written again, which must be requested explicitly.
 *
 * @throws JobError; LogError
 */
export async function findLostCheckpoints(
  plan: ServePlan,
  store: CheckpointStore,
  log: Log,
  talk: Talk,
): Promise<void> {
  for (const pipeline of plan.pipelines) {
    const { name } = pipeline.spec;
    const own = checkpointName(log.folder, name);
    if ((await store.get(own)) !== undefined || !(await hasEventsOf(log, name, LOG_START))) continue;
    const moved = await checkpointOfMoved(store, log, name);
    if (moved !== undefined) {
      await store.put(own, moved.checkpoint);
      talk.warn('the checkpoint of a log that was elsewhere fits this one, and is taken', {
        pipeline: name,
        checkpoint: moved.name,
      });
      continue;
    }
    const full = outputFiles(pipeline).find(isFilled);
    if (full === undefined) continue;
    if (!plan.fromScratch) throw lost(name, full, plan.stateFolder);
    talk.warn('there is no checkpoint: all stored events are processed, into outputs that are not empty', {
      pipeline: name,
      output: full,
    });
  }
}

function lost(pipeline: string, output: string, stateFolder: string): JobError {
  return new JobError(
    `pipeline ${pipeline}: there is no checkpoint in ${stateFolder}, and ${output} is not empty: what is in it would be written again`,
    'refused',
    'bring the state folder back, or empty the outputs, or process all stored events again with --from-scratch',
  );
}

function isFilled(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** The one checkpoint of a pipeline of this name that fits this log; undefined if there is none or several. */
async function checkpointOfMoved(
  store: CheckpointStore,
  log: Log,
  pipeline: string,
): Promise<{ readonly name: string; readonly checkpoint: ProcessingCheckpoint } | undefined> {
  const fitting = [];
  for (const name of await store.names()) {
    if (!name.startsWith(checkpointName('', pipeline))) continue;
    const checkpoint = parseProcessingCheckpoint((await store.get(name))?.value);
    if (checkpoint !== undefined && (await isPlaceIn(log, checkpoint.place))) fitting.push({ name, checkpoint });
  }
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Whether a record of the log ends at this position and has this timestamp. */
async function isPlaceIn(log: Log, { position, timestamp }: LogMark): Promise<boolean> {
  if (timestamp === 0 || comparePositions(position, log.end) > 0) return false;
  for await (const { resumeAt } of blocksOf(log, { from: { since: timestamp }, singleLines: true })) {
    const place = parseLogMark(resumeAt);
    if (place === undefined) continue;
    const order = comparePositions(place.position, position);
    if (order >= 0) return order === 0 && place.timestamp === timestamp;
  }
  return false;
}

function blocksOf(log: Log, options: Omit<Parameters<typeof logSource>[1], 'onDamage'>): AsyncIterable<Block> {
  return logSource(log, { ...options, onDamage: () => undefined }).blocks(new AbortController().signal);
}
