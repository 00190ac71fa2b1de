import { createHash, randomUUID } from 'node:crypto';
import type { ExecutorState, KnownState, StateChanges, StateKeeping } from '../pipeline/index.js';
import { StoreDamagedError } from '../lmdb/index.js';
import { JobError } from './job-error.js';
import { stateFolderOf, StateStore } from './state-store.js';

const WAY_OUT = 'put the former one back, or begin from the start: run --restart, serve --from-scratch';

export interface KeptStateOptions {
  /** Where checkpoints are kept, too. */
  readonly stateFolder: string;
  /** What a checkpoint says of it; undefined: the stages begin to know something. */
  readonly known: KnownState | undefined;
  /** Everything is done again: nothing is known any more. */
  readonly isAnew: boolean;
  /** What the stages are: others begin anew. */
  readonly stages: readonly string[];
  /** They may begin anew even where they still keep events. */
  readonly isForced?: boolean;
  readonly executor: ExecutorState;
  /** Told when what the stages knew is forgotten, because they are others now. */
  readonly onForget: () => void;
}

/**
 * Opens what the stages of a pipeline know, beside its checkpoint, and lets its executor go on with it.
 *
 * @throws JobError when what the checkpoint names is not there; Error of the file system, StoreDamagedError
 */
export async function openKeptState(options: KeptStateOptions): Promise<StateKeeping> {
  const { stateFolder, isAnew, executor, onForget } = options;
  const known = options.known && { ...options.known, ...(isAnew && { version: 0 }) };
  const stages = hashOf(options.stages);
  const name = known?.folder ?? randomUUID();
  const folder = stateFolderOf(stateFolder, name);
  const store = await StateStore.open(folder);
  try {
    const isOther = store.stages !== undefined && store.stages !== stages;
    if (isOther && !isAnew) {
      refuseLoss(store, folder, options);
      onForget();
    }
    if (known === undefined || isAnew || isOther) store.begin(stages, known?.version ?? 0);
    const state = store.load(known?.version ?? 0);
    if (state === undefined) {
      const message = `the state of the stages in ${folder} is not the one that the checkpoint speaks of`;
      throw new JobError(message, 'failed', WAY_OUT);
    }
    executor.restore(state);
    executor.track();
    return keeping(name, store);
  } catch (error) {
    await store.close();
    if (!(error instanceof StoreDamagedError) && !isOfLmdb(error)) throw error;
    throw new JobError(`the state of the stages in ${folder} is damaged: ${error.message}`, 'failed', WAY_OUT);
  }
}

/** Events that a stage still keeps would be in no output. @throws JobError */
function refuseLoss(store: StateStore, folder: string, { isForced }: KeptStateOptions): void {
  const open = store.count(isOfOpenEvents);
  if (open === 0 || isForced === true) return;
  const message = `the stages changed, and those before still keep events that are in no output yet (${open} batches or groups)`;
  const hint = `put the former stages back until these are out, or remove ${folder} to lose them`;
  throw new JobError(message, 'refused', hint);
}

/** Whether a table of a stage holds events that are not out. */
function isOfOpenEvents(table: string): boolean {
  return table.endsWith('.open') || table.endsWith('.groups');
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

function hashOf(stages: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(stages)).digest('hex');
}
