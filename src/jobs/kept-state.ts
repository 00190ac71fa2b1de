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
import type { KeyRing } from '../crypt/index.js';
import { StoreDamagedError } from '../lmdb/index.js';
import { JobError } from './job-error.js';
import type { StagePart } from './stage-parts.js';
import { removeState, stateFolderOf, StateStore } from './state-store.js';

export interface KeptStateOptions {
  /** The folder that also holds the checkpoints. */
  readonly stateFolder: string;
  /** The state that a checkpoint names; undefined: the stages start without state. */
  readonly known: KnownState | undefined;
  /** Whether everything is processed again, and earlier state discarded. */
  readonly isAnew: boolean;
  /** The current stages; the state of others is discarded. */
  readonly stages: readonly StagePart[];
  /** Whether state may be discarded even if it still holds events. */
  readonly isForced?: boolean;
  /** Undefined: no stage keeps state any more. */
  readonly executor: ExecutorState | undefined;
  /** With which the state is encrypted. */
  readonly keys: KeyRing | undefined;
  readonly talk: KeptStateTalk;
}

export interface KeptStateTalk {
  /** Called for each stage that was changed or removed, with the number of events that it lost. */
  readonly onForget: (stage: string, events: number) => void;
  /** Called if all state is lost because its folder was removed. */
  readonly onGone: (folder: string) => void;
  /** Returns what to do if the state can't be read. @param folder where the state is */
  readonly wayOut: (folder: string) => string;
}

/** A stage that had state and no longer exists. */
interface GoneStage {
  readonly name: string;
  /** The events that it still held. */
  readonly events: number;
}

/**
 * Opens the state of a pipeline's stages, stored beside its checkpoint, and restores it into the executor. A stage keeps its
 * state as long as it exists, whatever happens to the other stages.
 *
 * @returns undefined if no stage keeps state
 * @throws JobError when the state that the checkpoint names can't be read, or a stage that no longer exists still holds events;
 *   Error of the file system
 */
export async function openKeptState(options: KeptStateOptions): Promise<StateKeeping | undefined> {
  const { stateFolder, known, isAnew, stages, executor, talk } = options;
  if (known !== undefined && isAnew) removeState(stateFolder, known.folder);
  if (executor === undefined && (known === undefined || isAnew)) return undefined;
  const name = known?.folder ?? randomUUID();
  const folder = stateFolderOf(stateFolder, name);
  return await readable(folder, talk, async () => {
    const store = await StateStore.open(folder, options.keys);
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
        // Removed before a checkpoint is written that does not name it: after a crash between the two, its loss is reported once
        // more.
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

/** The number of events that the stages of a stopped pipeline hold. @throws as {@link openKeptState} */
export async function keptEvents(
  stateFolder: string,
  { folder: name, version }: KnownState,
  wayOut: KeptStateTalk['wayOut'],
  keys: KeyRing | undefined,
): Promise<number> {
  const folder = stateFolderOf(stateFolder, name);
  if (!existsSync(folder)) return 0;
  return await readable(folder, { wayOut }, async () => {
    const store = await StateStore.open(folder, keys);
    try {
      return [...keptIn(store.load(version) ?? []).values()].reduce((sum, events) => sum + events, 0);
    } finally {
      await store.close();
    }
  });
}

/** Maps the former stages to the current ones, and lists those that are gone. */
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

/** Refuses to discard events that a stage still holds: they would be in no output. @throws JobError */
function refuseLoss(gone: readonly GoneStage[], folder: string): void {
  const keeping = gone.filter(({ events }) => events > 0);
  if (keeping.length === 0) return;
  const events = keeping.reduce((sum, one) => sum + one.events, 0);
  const names = keeping.map(({ name }) => name).join(' and ');
  const message = `the stages changed, and those before still keep events that are in no output yet: ${events} in ${names}`;
  const hint = `put the former stages back until these are out, or remove ${folder} to lose them`;
  throw new JobError(message, 'refused', hint);
}

/** @throws JobError in place of errors that mean that the store is damaged */
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
  /** Uncommitted changes, with the versions that they create. */
  let pending: { readonly version: number; readonly changes: StateChanges }[] = [];
  return {
    folder,
    add(version, changes) {
      if (changes.length > 0) pending.push({ version, changes });
    },
    commit(version) {
      const ready = pending.filter((one) => one.version <= version);
      pending = pending.slice(ready.length);
      // A version without changes is committed, too, because a checkpoint names it.
      store.commit(
        version,
        ready.flatMap(({ changes }) => changes),
      );
    },
    close: () => store.close(),
  };
}

/** LMDB's own errors contain a code: `MDB_PAGE_NOTFOUND: …`. */
function isOfLmdb(error: unknown): error is Error {
  return error instanceof Error && error.message.includes('MDB_');
}
