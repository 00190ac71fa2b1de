import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { KeyRing } from '../../../crypt/index.js';
import { CheckpointStore, LogError, nodeWorld } from '../../../log/index.js';
import { JobError } from '../../job-error.js';
import { removeState } from '../../state-store.js';
import { parseRecord, type FileRecord, type PartOf, type RunCheckpoint } from './checkpoint.js';

/** What is stored for the outputs of a run. */
export type Stored =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'checkpoint'; readonly checkpoint: RunCheckpoint }
  /** The outputs were not written by the same work. */
  | { readonly kind: 'mixed'; readonly because: string };

/**
 * The checkpoints of runs, by output. If there are several outputs, the checkpoint is stored for one of them, and the others
 * refer to it.
 */
export class RunStore {
  readonly #store: CheckpointStore;

  /** @param stateFolder see `stateDirectory` */
  constructor(
    private readonly stateFolder: string,
    keys: KeyRing | undefined,
  ) {
    this.#store = new CheckpointStore(nodeWorld(keys), join(stateFolder, 'checkpoints'));
  }

  /**
   * @param outputs the resolved paths, at least one
   * @param isForgotten whether the checkpoint is to be removed anyway: then one that can't be read counts as missing
   * @throws JobError when a stored checkpoint can't be read
   */
  async find(outputs: readonly string[], { isForgotten }: { readonly isForgotten: boolean }): Promise<Stored> {
    const records = new Map<string, RunCheckpoint | PartOf>();
    for (const output of outputs) {
      const record = await this.#read(output, isForgotten);
      if (record !== undefined) records.set(output, record);
    }
    if (records.size === 0) return { kind: 'nothing' };
    const [main, ...others] = inOrder(outputs);
    const checkpoint = records.get(main);
    if (checkpoint?.kind === 'checkpoint' && checkpoint.startsOver === true && isOf(checkpoint, outputs)) {
      // The run may have been killed before it claimed the other outputs.
      return { kind: 'checkpoint', checkpoint };
    }
    const stranger = outputs.find((output) => !records.has(output));
    if (stranger !== undefined) return mixed(`${stranger} was written by another run since, or is a new output`);
    const isWhole = others.every((output) => {
      const record = records.get(output);
      return record?.kind === 'part' && record.job === checkpoint?.job;
    });
    if (checkpoint?.kind !== 'checkpoint' || !isWhole) return mixed('other runs wrote some of the outputs since');
    const gone = checkpoint.files.find((file) => isOutput(file) && !outputs.includes(file.path));
    return gone ? mixed(`${gone.path} is no output any more`) : { kind: 'checkpoint', checkpoint };
  }

  /** Stores a checkpoint. @throws the operating system's errors */
  async put(outputs: readonly string[], checkpoint: RunCheckpoint): Promise<void> {
    await this.#store.put(nameOf(inOrder(outputs)[0]), checkpoint);
  }

  /** Records for all outputs but one that their checkpoint is stored under that one. @throws the operating system's errors */
  async claim(outputs: readonly string[], job: string): Promise<void> {
    const [main, ...others] = inOrder(outputs);
    for (const output of others) await this.#store.put(nameOf(output), { kind: 'part', job, main } satisfies PartOf);
  }

  /** Removes what is stored for outputs. @throws the operating system's errors */
  async forget(outputs: readonly string[]): Promise<void> {
    for (const output of outputs) {
      const record = await this.#read(output, true);
      await this.#store.remove(nameOf(output));
      if (record?.kind === 'checkpoint' && record.state !== undefined)
        removeState(this.stateFolder, record.state.folder);
    }
  }

  async #read(output: string, isForgotten: boolean): Promise<RunCheckpoint | PartOf | undefined> {
    const found = await this.#found(output, isForgotten);
    if (found === undefined) return undefined;
    const record = parseRecord(found.value);
    if (record === undefined) {
      if (isForgotten) return undefined;
      throw this.#damaged(output);
    }
    // Content written after the older checkpoint is ours, too.
    return found.isPrevious && record.kind === 'checkpoint' ? { ...record, ended: false } : record;
  }

  async #found(output: string, isForgotten: boolean): ReturnType<CheckpointStore['get']> {
    try {
      return await this.#store.get(nameOf(output));
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      if (isForgotten) return undefined;
      throw this.#damaged(output);
    }
  }

  #damaged(output: string): JobError {
    const message = `the checkpoint of ${output} in ${join(this.stateFolder, 'checkpoints')} is damaged`;
    return new JobError(message, 'failed', '--restart forgets it, and does everything again');
  }
}

function isOf({ files }: RunCheckpoint, outputs: readonly string[]): boolean {
  const own = files.filter(isOutput).map(({ path }) => path);
  return own.length === outputs.length && own.every((path) => outputs.includes(path));
}

/** Excludes the individual files of an output with many files. */
function isOutput({ role, of }: FileRecord): boolean {
  return role === 'output' && of === undefined;
}

function mixed(because: string): Stored {
  return { kind: 'mixed', because };
}

/** The checkpoint is stored for the first output in sorted order, however they were given. */
function inOrder(outputs: readonly string[]): readonly [string, ...string[]] {
  const [main, ...others] = [...outputs].sort();
  if (main === undefined) throw new Error('a run without outputs has no checkpoint');
  return [main, ...others];
}

/** The name under which a file's records are stored. */
export function nameOf(path: string): string {
  return `run-${createHash('sha256').update(path).digest('hex').slice(0, 32)}`;
}
