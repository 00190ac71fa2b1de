import { readStoredEvent } from '../../event/index.js';
import { dirname, join, relative } from 'node:path';
import { pipelineNames } from '../../config/index.js';
import { resolvePath } from '../../files/index.js';
import type { Lock } from '../../world/lock/index.js';
import { CheckpointStore, LogError, type LogWorld } from '../../log/index.js';
import {
  LetterRetry,
  parseRetriedLetters,
  type RetriedLetters,
  type RetryProgress,
  type LetterPlace,
} from '../../pipeline/letters/index.js';
import { eventFilter } from '../../pipeline/index.js';
import { parseProcessingCheckpoint } from '../../pipeline/log/index.js';
import type { Block, ResumeAt } from '../../sources/index.js';
import { checkpointName, checkpointStore } from '../checkpoints.js';
import type { PipelineServePlan } from '../serve-plan.js';
import { refuseHalfRekeyed } from '../rekey-note.js';
import { makeStateFolder } from '../state-folder.js';
import type { OpenReplay } from './open-replay.js';
import type { EventFilters, ReplayPlan } from './plan.js';

/** One pipeline's dead letters that are to be retried: one pass over the files that hold them. */
export interface LettersToRetry {
  readonly pipeline: PipelineServePlan;
  /** The name under which the retried letters are recorded. */
  readonly key: string;
  readonly blocks: AsyncIterable<Block>;
  /** Notes that the results of a block's event, and of all events before it, are written. */
  readonly onReached: (resumeAt: ResumeAt) => void;
  /**
   * Notes that a block's event stays for the next retry: it has failed again and is kept nowhere, or a filter that chooses events
   * failed on it. Call this before `onReached`.
   */
  readonly onLeft: (resumeAt: ResumeAt, why: 'failed-again' | 'filter-failed') => void;
  /** The letters that were retried, now or earlier. */
  readonly note: () => RetriedLetters;
  /**
   * Makes a note durable. If the letters' results count only with a checkpoint, that must contain the note first: then a crash
   * between the two loses nothing, because the later of both counts.
   */
  readonly remember: (note: RetriedLetters) => Promise<void>;
  readonly progress: () => RetryProgress;
}

/** The counts of letters that were not retried, for a report. */
export interface LettersLeft {
  /** Letters without an event: only the raw text of an invalid line. */
  unretryable: number;
  /** The number of letters for each pipeline that the config does not have, by its name. */
  readonly strangers: Map<string, number>;
  /** Letters that failed again and are kept nowhere else. */
  failedAgain: number;
  /** Letters that were retried earlier. */
  retriedBefore: number;
  /** Letters that are recorded as retried now. */
  retried: number;
  /** Letters that a filter does not choose. */
  unchosen: number;
}

/** The pipelines that share a dead-letter file. */
interface Family {
  readonly key: string;
  readonly place: LetterPlace;
  readonly owners: readonly PipelineServePlan[];
}

/** Which letters are to be retried, and through what. */
export interface LettersWay {
  readonly pipelines: readonly PipelineServePlan[];
  /** `own`: each letter goes through the pipeline that it names. */
  readonly through: 'own' | 'one';
  /** Those that these filter out stay as they are. */
  readonly chosenBy?: EventFilters;
}

interface PassOptions {
  readonly pipelines: readonly PipelineServePlan[];
  readonly through: 'own' | 'one';
  readonly strangers: LettersLeft['strangers'];
  readonly onFailedAgain: () => void;
  /** Whether the filters choose the event of a letter, which is left otherwise. */
  readonly choose: (event: string) => boolean;
  /** Records a note. */
  readonly remember: (note: RetriedLetters) => Promise<void>;
}

/**
 * Yields the dead letters that were not retried yet, by file and pipeline. Only one process at a time may do this.
 *
 * @param left is filled in as the files are read
 * @throws LogError `locked`; SourceError
 */
export async function* lettersToRetry(
  underWay: Pick<OpenReplay, 'plan' | 'world' | 'signal' | 'onDamage'>,
  { pipelines, through, chosenBy }: LettersWay,
  left: LettersLeft,
): AsyncGenerator<LettersToRetry, void, void> {
  const { plan, world } = underWay;
  const folder = join(plan.stateFolder, 'letters');
  refuseHalfRekeyed(plan.stateFolder);
  makeStateFolder(plan.stateFolder);
  const lock = await lockLetters(folder);
  const judge = chosenBy === undefined ? () => true : eventFilter(chosenBy.filters, chosenBy.limits);
  const choose = (event: string): boolean => {
    // A filter that fails on it tells so as a stage.
    const isChosen = judge(event) !== false;
    if (!isChosen) left.unchosen += 1;
    return isChosen;
  };
  try {
    const notes = new CheckpointStore(world, folder);
    for (const family of familiesOf(underWay, pipelines)) {
      const retry = await LetterRetry.open(family.place, await retriedBefore(plan, world, notes, family.key));
      const strangers = new Map<string, number>();
      let retried = 0;
      const remember = async (note: RetriedLetters): Promise<void> => {
        const { progress } = retry;
        await notes.put(family.key, note);
        ({ retried } = progress);
      };
      const onFailedAgain = (): void => {
        left.failedAgain += 1;
      };
      try {
        yield* passesOf(underWay, family, retry, { pipelines, through, strangers, onFailedAgain, choose, remember });
      } finally {
        left.unretryable += retry.unretryable;
        left.retriedBefore += retry.retriedBefore;
        left.retried += retried;
        for (const [name, count] of strangers) left.strangers.set(name, (left.strangers.get(name) ?? 0) + count);
      }
    }
  } finally {
    await lock.release();
  }
}

/** Yields passes over the letter files of a family, one for each pipeline that any letter names. */
function* passesOf(
  { plan, signal }: Pick<OpenReplay, 'plan' | 'signal'>,
  { key, owners }: Family,
  retry: LetterRetry,
  { pipelines, through, strangers, onFailedAgain, choose, remember }: PassOptions,
): Generator<LettersToRetry, void, void> {
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
      if (through === 'one' || named === name) return choose(event);
      const other = pipelines.find(({ spec }) => spec.name === named);
      if (other === undefined && isFirst) strangers.set(named, (strangers.get(named) ?? 0) + 1);
      if (other !== undefined && !passes.includes(other)) passes.push(other);
      return false;
    };
    yield {
      pipeline,
      key,
      blocks: retry.pass({ accepts, pipeline: name, signal }),
      onReached: (resumeAt) => retry.reached(resumeAt),
      onLeft(resumeAt, why) {
        if (why === 'failed-again') onFailedAgain();
        retry.leave(resumeAt);
      },
      note: () => retry.note(),
      remember,
      progress: () => retry.progress,
    };
  }
}

export function nothingLeft(): LettersLeft {
  return { unretryable: 0, strangers: new Map(), failedAgain: 0, retriedBefore: 0, retried: 0, unchosen: 0 };
}

/** Reports which letters are left, and which were skipped. */
export function reportLeft(left: LettersLeft, tell: (message: string) => void): void {
  for (const words of [...wordsForLeft(left), ...wordsForRetriedBefore(left)]) tell(words);
}

function wordsForRetriedBefore({ retriedBefore }: LettersLeft): string[] {
  if (retriedBefore === 0) return [];
  const words = retriedBefore === 1 ? '1 dead letter was' : `${retriedBefore} dead letters were`;
  const way = 'colloquium replay --since MOMENT sends stored events through their pipelines all the same';
  return [`${words} retried before, and skipped: ${way}`];
}

/** Reports that a look at the results has used letters up. */
export function reportUsedUp({ retried }: LettersLeft, tell: (message: string) => void): void {
  if (retried === 0) return;
  const [words, them] = retried === 1 ? ['1 dead letter counts', 'it'] : [`${retried} dead letters count`, 'them'];
  tell(`${words} as retried now, with the results on stdout: --to-outputs will skip ${them}`);
}

/** Describes what is left, in sentences for the user; empty if nothing is left. */
export function wordsForLeft({ unretryable, strangers, failedAgain, unchosen }: LettersLeft): string[] {
  const letters = (count: number): string => (count === 1 ? '1 dead letter' : `${count} dead letters`);
  return [
    ...(failedAgain === 0
      ? []
      : [
          `${letters(failedAgain)} failed again and can be retried: only --dead-letter FILE or --to-outputs keeps what fails`,
        ]),
    ...(unchosen === 0 ? [] : [`${letters(unchosen)} left, which --filter does not choose`]),
    ...(unretryable === 0
      ? []
      : [`${letters(unretryable)} without an event left as ${unretryable === 1 ? 'it is' : 'they are'}`]),
    ...[...strangers].map(
      ([name, count]) =>
        `${letters(count)} of pipeline ${JSON.stringify(name)} left, which the config does not have: -p NAME sends all through another`,
    ),
  ];
}

/** The name under which a letter file's retried letters are recorded: the resolved path, relative to the config's folder. */
export function letterKey({ config }: Pick<ReplayPlan, 'config'>, file: string): string {
  return relative(resolvePath(dirname(config.file)), resolvePath(file));
}

function familiesOf(
  { plan, world, onDamage }: Pick<OpenReplay, 'plan' | 'world' | 'onDamage'>,
  pipelines: readonly PipelineServePlan[],
): readonly Family[] {
  const families = new Map<string, { place: LetterPlace; owners: PipelineServePlan[] }>();
  for (const pipeline of pipelines) {
    const { deadLetter } = pipeline;
    if (deadLetter === undefined) continue;
    const key = letterKey(plan, deadLetter.file);
    const family = families.get(key);
    const told = new Set<string>();
    const place: LetterPlace = {
      path: resolvePath(deadLetter.file),
      pattern: deadLetter.pattern,
      keys: world.disk.keys,
      // A file is read several times.
      onDamage(message) {
        if (!told.has(message)) onDamage({ message });
        told.add(message);
      },
    };
    if (family === undefined) families.set(key, { place, owners: [pipeline] });
    else family.owners.push(pipeline);
  }
  return [...families].map(([key, family]) => ({ key, ...family }));
}

/**
 * The latest record: a separate one, or one in the checkpoint of the pipeline whose outputs the letters went to. That may be any
 * pipeline, because each letter names its own.
 */
async function retriedBefore(
  { config, stateFolder, logFolder }: ReplayPlan,
  world: LogWorld,
  notes: CheckpointStore,
  key: string,
): Promise<RetriedLetters | undefined> {
  let last = parseRetriedLetters((await notes.get(key))?.value);
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
    return await takeLock(folder, { what: 'the retry of dead letters' });
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    throw new LogError('locked', error.message, { cause: error });
  }
}

/** Whether a letter is selected, by its event's time and id. */
function isChosen({ choice: { since, until = Infinity, fromId = '' } }: ReplayPlan, event: string): boolean {
  const origin = readStoredEvent(event)?.origin;
  return origin !== undefined && origin.timestamp >= since && origin.timestamp < until && origin.id >= fromId;
}
