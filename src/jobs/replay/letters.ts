import { readStoredEvent } from '../../event/index.js';
import { dirname, join, relative } from 'node:path';
import { pipelineNames } from '../../config/index.js';
import { resolvePath } from '../../files/index.js';
import type { Lock } from '../../world/lock/index.js';
import { CheckpointStore, LogError, type LogWorld } from '../../log/index.js';
import {
  LetterDrive,
  parseDrivenLetters,
  type DrivenLetters,
  type DriveProgress,
  type LetterPlace,
} from '../../pipeline/letters/index.js';
import { parseProcessingCheckpoint } from '../../pipeline/log/index.js';
import type { Block, ResumeAt } from '../../sources/index.js';
import { checkpointName, checkpointStore } from '../checkpoints.js';
import type { PipelineServePlan } from '../serve-plan.js';
import { makeStateFolder } from '../state-folder.js';
import type { OpenReplay } from './open-replay.js';
import type { ReplayPlan } from './plan.js';

/** Dead letters of one pipeline that are to be driven again: one pass over the files that they are in. */
export interface LettersToDrive {
  readonly pipeline: PipelineServePlan;
  /** Under which name is kept what was driven. */
  readonly key: string;
  readonly blocks: AsyncIterable<Block>;
  /** Takes note that the event of a block is out, and all before it. */
  readonly onReached: (resumeAt: ResumeAt) => void;
  /** Takes note that the event of a block has failed again, and is kept nowhere: to be said before `onReached`. */
  readonly onLeft: (resumeAt: ResumeAt) => void;
  /** What was driven, now or before. */
  readonly note: () => DrivenLetters;
  /**
   * Makes a note durable. Where what the letters became counts only with a checkpoint, the note is in that first: then a crash
   * between the two loses nothing, because the later of both counts.
   */
  readonly remember: (note: DrivenLetters) => Promise<void>;
  readonly progress: () => DriveProgress;
}

/** What is told of letters that were not driven. */
export interface LettersLeft {
  /** They hold no event, only the raw text of what was none. */
  undrivable: number;
  /** How many name a pipeline that the config does not have, by its name. */
  readonly strangers: Map<string, number>;
  /** They failed again, and are kept nowhere else. */
  failedAgain: number;
  /** They were driven at another time. */
  drivenBefore: number;
}

/** The letters of pipelines that share a file. */
interface Family {
  readonly key: string;
  readonly place: LetterPlace;
  readonly owners: readonly PipelineServePlan[];
}

interface PassOptions {
  readonly pipelines: readonly PipelineServePlan[];
  readonly through: 'own' | 'one';
  readonly strangers: LettersLeft['strangers'];
  readonly notes: CheckpointStore;
}

/**
 * The dead letters that were not driven yet, file by file and pipeline by pipeline. For one process at a time.
 *
 * @param through `own`: each letter goes through the pipeline that it names
 * @param left is filled in as the files are gone through
 * @throws LogError `locked`; SourceError
 */
export async function* lettersToDrive(
  underWay: Pick<OpenReplay, 'plan' | 'world' | 'signal'>,
  { pipelines, through }: { readonly pipelines: readonly PipelineServePlan[]; readonly through: 'own' | 'one' },
  left: LettersLeft,
): AsyncGenerator<LettersToDrive, void, void> {
  const { plan, world } = underWay;
  const folder = join(plan.stateFolder, 'letters');
  makeStateFolder(plan.stateFolder);
  const lock = await lockLetters(folder);
  try {
    const notes = new CheckpointStore(world, folder);
    for (const family of familiesOf(plan, pipelines)) {
      const drive = await LetterDrive.open(family.place, await drivenBefore(plan, world, notes, family.key));
      const strangers = new Map<string, number>();
      try {
        yield* passesOf(underWay, family, drive, { pipelines, through, strangers, notes });
      } finally {
        left.undrivable += drive.undrivable;
        left.failedAgain += drive.left;
        left.drivenBefore += drive.drivenBefore;
        for (const [name, count] of strangers) left.strangers.set(name, (left.strangers.get(name) ?? 0) + count);
      }
    }
  } finally {
    await lock.release();
  }
}

/** Passes over the letter files of a family, one for each pipeline that any of the letters names. */
function* passesOf(
  { plan, signal }: Pick<OpenReplay, 'plan' | 'signal'>,
  { key, owners }: Family,
  drive: LetterDrive,
  { pipelines, through, strangers, notes }: PassOptions,
): Generator<LettersToDrive, void, void> {
  const passes = [...owners];
  for (const pipeline of passes) {
    const isFirst = pipeline === passes[0];
    const { name } = pipeline.spec;
    const accepts = ({
      event,
      pipeline: named = passes[0]?.spec.name ?? '',
    }: {
      event: string;
      pipeline: string | undefined;
    }): boolean => {
      if (!isChosen(plan, event)) return false;
      if (through === 'one' || named === name) return true;
      const other = pipelines.find(({ spec }) => spec.name === named);
      if (other === undefined && isFirst) strangers.set(named, (strangers.get(named) ?? 0) + 1);
      if (other !== undefined && !passes.includes(other)) passes.push(other);
      return false;
    };
    yield {
      pipeline,
      key,
      blocks: drive.pass({ accepts, pipeline: name, signal }),
      onReached: (resumeAt) => drive.reached(resumeAt),
      onLeft: (resumeAt) => drive.leave(resumeAt),
      note: () => drive.note(),
      remember: (note) => notes.put(key, note),
      progress: () => drive.progress,
    };
  }
}

export function nothingLeft(): LettersLeft {
  return { undrivable: 0, strangers: new Map(), failedAgain: 0, drivenBefore: 0 };
}

/** Says what is left, and what was passed over. */
export function tellLeft(left: LettersLeft, tell: (message: string) => void): void {
  for (const words of [...wordsForLeft(left), ...wordsForDrivenBefore(left)]) tell(words);
}

function wordsForDrivenBefore({ drivenBefore }: LettersLeft): string[] {
  if (drivenBefore === 0) return [];
  const words = drivenBefore === 1 ? '1 dead letter was' : `${drivenBefore} dead letters were`;
  const way = 'colloquium replay --since MOMENT sends stored events through their pipelines all the same';
  return [`${words} retried before, and skipped: ${way}`];
}

/** What is left, as sentences for a person; none when nothing is. */
export function wordsForLeft({ undrivable, strangers, failedAgain }: LettersLeft): string[] {
  const letters = (count: number): string => (count === 1 ? '1 dead letter' : `${count} dead letters`);
  return [
    ...(failedAgain === 0
      ? []
      : [
          `${letters(failedAgain)} failed again and can be retried: only --dead-letter FILE or --to-outputs keeps what fails`,
        ]),
    ...(undrivable === 0
      ? []
      : [`${letters(undrivable)} without an event left as ${undrivable === 1 ? 'it is' : 'they are'}`]),
    ...[...strangers].map(
      ([name, count]) =>
        `${letters(count)} of pipeline ${JSON.stringify(name)} left, which the config does not have: -p NAME sends all through another`,
    ),
  ];
}

/** Under which name a letter file's driven letters are kept: what its path leads to, seen from the config. */
export function letterKey({ config }: Pick<ReplayPlan, 'config'>, file: string): string {
  return relative(resolvePath(dirname(config.file)), resolvePath(file));
}

function familiesOf(plan: ReplayPlan, pipelines: readonly PipelineServePlan[]): readonly Family[] {
  const families = new Map<string, { place: LetterPlace; owners: PipelineServePlan[] }>();
  for (const pipeline of pipelines) {
    const { deadLetter } = pipeline;
    if (deadLetter === undefined) continue;
    const key = letterKey(plan, deadLetter.file);
    const family = families.get(key);
    const place = { path: resolvePath(deadLetter.file), pattern: deadLetter.pattern };
    if (family === undefined) families.set(key, { place, owners: [pipeline] });
    else family.owners.push(pipeline);
  }
  return [...families].map(([key, family]) => ({ key, ...family }));
}

/**
 * What was noted last: by itself, or in the checkpoint of the pipeline whose outputs the letters went to. Any pipeline's may have
 * it, because a letter goes where it says.
 */
async function drivenBefore(
  { config, stateFolder, logFolder }: ReplayPlan,
  world: LogWorld,
  notes: CheckpointStore,
  key: string,
): Promise<DrivenLetters | undefined> {
  let last = parseDrivenLetters((await notes.get(key))?.value);
  const checkpoints = checkpointStore(world, stateFolder, config.directory);
  for (const name of pipelineNames(config)) {
    const found = parseProcessingCheckpoint((await checkpoints.get(checkpointName(logFolder, name)))?.value);
    const driven = found?.driven[key];
    if (driven !== undefined && driven.version > (last?.version ?? 0)) last = driven;
  }
  return last;
}

async function lockLetters(folder: string): Promise<Lock> {
  const { LockedError, takeLock } = await import('../../world/lock/index.js');
  try {
    return await takeLock(folder, { what: 'the re-driving of dead letters' });
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    throw new LogError('locked', error.message, { cause: error });
  }
}

/** Letters are chosen by their events' times. */
function isChosen({ choice: { since, until = Infinity, fromId = '' } }: ReplayPlan, event: string): boolean {
  const origin = readStoredEvent(event)?.origin;
  return origin !== undefined && origin.timestamp >= since && origin.timestamp < until && origin.id >= fromId;
}
