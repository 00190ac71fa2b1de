import type { CheckpointStore } from '../../log/index.js';
import {
  eitherDriven,
  lettersAgain,
  parseDrivenLetters,
  parseLetterPlace,
  parseProcessingCheckpoint,
  readStoredEvent,
  type DrivenLetters,
  type LetterFile,
} from '../../pipeline/index.js';
import type { Block, ResumeAt } from '../../sources/index.js';
import { checkpointName } from '../serve/checkpoints.js';
import type { PipelineServePlan } from '../serve/plan.js';
import type { OpenReplay } from './open-replay.js';

/** The dead letters of one pipeline that are to be driven again. */
export interface LettersToDrive {
  /** The file that they are in. */
  readonly file: string;
  readonly blocks: AsyncIterable<Block>;
  /** Notes the letters up to a place as driven. */
  readonly onReached: (resumeAt: ResumeAt) => void;
  /** All that were driven, now or before. @param allOut whether all that were read are out */
  readonly driven: (allOut: boolean) => DrivenLetters;
  /** Makes that durable by itself, where nothing else has to be in the same write. */
  readonly remember: (allOut: boolean) => Promise<void>;
}

/**
 * Opens a pipeline's dead letters behind those that were driven before.
 *
 * @param onUndrivable told of letters without an event in them
 * @returns undefined when it keeps none in a file
 */
export async function openLetters(
  { plan, signal }: OpenReplay,
  pipeline: PipelineServePlan,
  store: CheckpointStore,
  onUndrivable: () => void,
): Promise<LettersToDrive | undefined> {
  const { deadLetter, spec } = pipeline;
  if (deadLetter === undefined) return undefined;
  const name = `dead letters in ${deadLetter.file}`;
  const processing = parseProcessingCheckpoint((await store.get(checkpointName(plan.logFolder, spec.name)))?.value);
  // To the pipeline's own outputs, and to elsewhere: beside a daemon, whose checkpoint nobody else may write.
  const driven = eitherDriven(processing?.driven[deadLetter.file], parseDrivenLetters((await store.get(name))?.value));
  const file: LetterFile = {
    path: deadLetter.file,
    pattern: deadLetter.pattern,
    part: processing?.files[deadLetter.file]?.part,
  };
  let keys = [...(driven?.keys ?? [])];
  let before = driven?.before ?? { part: 1, offset: 0 };
  let someLeft = false;
  let allSeen = false;
  const choice = { driven, accepts: chosen(plan.choice), onUndrivable, onLeft: () => (someLeft = true) };
  async function* toTheEnd(): AsyncGenerator<Block> {
    yield* lettersAgain(file, choice, signal);
    allSeen = true;
  }
  const drivenNow = (allOut: boolean): DrivenLetters => {
    // Where no letter is left, the place alone says it.
    if (allOut && allSeen && !someLeft) keys = [];
    return { before, keys };
  };
  return {
    file: deadLetter.file,
    blocks: toTheEnd(),
    onReached(resumeAt) {
      const place = parseLetterPlace(resumeAt);
      if (place === undefined) return;
      if (someLeft) keys.push(place.key);
      else before = place.end;
    },
    driven: drivenNow,
    remember: (allOut) => store.put(name, drivenNow(allOut)),
  };
}

/** Letters are chosen by their events' times. */
function chosen({ since, until = Infinity, fromId = '' }: OpenReplay['plan']['choice']): (line: string) => boolean {
  return (line) => {
    const origin = readStoredEvent(line)?.origin;
    return origin !== undefined && origin.timestamp >= since && origin.timestamp < until && origin.id >= fromId;
  };
}
