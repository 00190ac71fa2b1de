import { existsSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import {
  keptIn,
  knewAnything,
  movedState,
  type ExecutorState,
  type KnownState,
  type StateChanges,
  type StateKeeping,
} from '../pipeline/index.js';
import { StoreDamagedError } from '../lmdb/index.js';
import { JobError } from './job-error.js';
import type { StagePart } from './stage-parts.js';
import { removeState, stateFolderOf, StateStore } from './state-store.js';

export interface KeptStateOptions {
  /** Where checkpoints are kept, too. */
  readonly stateFolder: string;
  /** What a checkpoint says of it; undefined: the stages begin to know something. */
  readonly known: KnownState | undefined;
  /** Everything is done again: nothing is known any more. */
  readonly isAnew: boolean;
  /** What the stages are: what others knew is forgotten. */
  readonly stages: readonly StagePart[];
  /** They may be forgotten even where they still keep events. */
  readonly isForced?: boolean;
  /** Undefined: no stage keeps anything any more. */
  readonly executor: ExecutorState | undefined;
  readonly talk: KeptStateTalk;
}

export interface KeptStateTalk {
  /** Told of each stage that was changed or removed, and of how many events it has lost. */
  readonly onForget: (stage: string, events: number) => void;
  /** Told that all is lost, because its folder was removed. */
  readonly onGone: (folder: string) => void;
  /** What to do where it can't be read. @param folder where it is */
  readonly wayOut: (folder: string) => string;
}

/** A stage that knew something, and is there no more. */
interface GoneStage {
  readonly name: string;
  /** Events that it kept. */
  readonly events: number;
}

/**
 * Opens what the stages of a pipeline know, beside its checkpoint, and lets its executor go on with it. What a stage knows is kept
 * while the stage is there, whatever becomes of the others.
 *
 * @returns undefined where no stage keeps anything
 * @throws JobError when what the checkpoint names can't be read, or a stage that is there no more still keeps events; Error of the
 *   file system
 */
export async function openKeptState(options: KeptStateOptions): Promise<StateKeeping | undefined> {
  const { stateFolder, known, isAnew, stages, executor, talk } = options;
  if (known !== undefined && isAnew) removeState(stateFolder, known.folder);
  if (executor === undefined && (known === undefined || isAnew)) return undefined;
  const name = known?.folder ?? randomUUID();
  const folder = stateFolderOf(stateFolder, name);
  return await readable(folder, talk, async () => {
    const store = await StateStore.open(folder);
    try {
      const before = store.stages;
      const version = isAnew ? 0 : (known?.version ?? 0);
      if (before === undefined) {
        if (known !== undefined && !isAnew) talk.onGone(folder);
        store.begin(stages, version);
      }
      const state = store.load(version);
      if (state === undefined) {
        const message = `the state of the stages in ${folder} is not the one that the checkpoint speaks of`;
        throw new JobError(message, 'failed', talk.wayOut(folder));
      }
      const { placeOf, gone } = compared(before ?? stages, stages, state);
      if (options.isForced !== true) refuseLoss(gone, folder);
      for (const { name: stage, events } of gone) talk.onForget(stage, events);
      if (executor === undefined) {
        await store.close();
        // Before the checkpoint that does not name it: whoever dies between the two tells once more that it is gone.
        removeState(stateFolder, name);
        return undefined;
      }
      const kept = movedState(state, placeOf);
      if (JSON.stringify(before ?? stages) !== JSON.stringify(stages)) store.begin(stages, version, kept);
      executor.restore(kept);
      executor.track();
      return keeping(name, store);
    } catch (error) {
      await store.close();
      throw error;
    }
  });
}

/** How many events the stages of a pipeline keep that does not run. @throws as {@link openKeptState} */
export async function keptEvents(
  stateFolder: string,
  { folder: name, version }: KnownState,
  wayOut: KeptStateTalk['wayOut'],
): Promise<number> {
  const folder = stateFolderOf(stateFolder, name);
  if (!existsSync(folder)) return 0;
  return await readable(folder, { wayOut }, async () => {
    const store = await StateStore.open(folder);
    try {
      return [...keptIn(store.load(version) ?? []).values()].reduce((sum, events) => sum + events, 0);
    } finally {
      await store.close();
    }
  });
}

/** What the stages are now that knew something before. */
function compared(
  before: readonly StagePart[],
  now: readonly StagePart[],
  state: StateChanges,
): { readonly placeOf: (before: number) => number | undefined; readonly gone: readonly GoneStage[] } {
  const places = new Map<number, number>();
  const taken = new Set<number>();
  for (const [at, [, hash]] of before.entries()) {
    const place = now.findIndex(([, other], index) => other === hash && !taken.has(index));
    if (place === -1) continue;
    taken.add(place);
    places.set(at + 1, place + 1);
  }
  const kept = keptIn(state);
  const gone = before.flatMap(([name], at): GoneStage[] => {
    const place = at + 1;
    const events = kept.get(place) ?? 0;
    return places.has(place) || (events === 0 && !knewAnything(state, place)) ? [] : [{ name, events }];
  });
  return { placeOf: (place) => places.get(place), gone };
}

/** Events that a stage still keeps would be in no output. @throws JobError */
function refuseLoss(gone: readonly GoneStage[], folder: string): void {
  const keeping = gone.filter(({ events }) => events > 0);
  if (keeping.length === 0) return;
  const events = keeping.reduce((sum, one) => sum + one.events, 0);
  const names = keeping.map(({ name }) => name).join(' and ');
  const message = `the stages changed, and those before still keep events that are in no output yet: ${events} in ${names}`;
  const hint = `put the former stages back until these are out, or remove ${folder} to lose them`;
  throw new JobError(message, 'refused', hint);
}

/** @throws JobError instead of what says that the store is damaged */
async function readable<T>(
  folder: string,
  { wayOut }: Pick<KeptStateTalk, 'wayOut'>,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof StoreDamagedError) && !isOfLmdb(error)) throw error;
    throw new JobError(`the state of the stages in ${folder} is damaged: ${error.message}`, 'failed', wayOut(folder));
  }
}

function keeping(folder: string, store: StateStore): StateKeeping {
  /** Changes that are not committed yet, with the versions that they make. */
  let pending: { readonly version: number; readonly changes: StateChanges }[] = [];
  return {
    folder,
    add(version, changes) {
      if (changes.length > 0) pending.push({ version, changes });
    },
    commit(version) {
      const ready = pending.filter((one) => one.version <= version);
      pending = pending.slice(ready.length);
      // A version without changes is one, too: a checkpoint names it.
      store.commit(
        version,
        ready.flatMap(({ changes }) => changes),
      );
    },
    close: () => store.close(),
  };
}

/** LMDB's own errors say what they found: `MDB_PAGE_NOTFOUND: …`. */
function isOfLmdb(error: unknown): error is Error {
  return error instanceof Error && error.message.includes('MDB_');
}
