import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CheckpointStore, LogError, nodeWorld } from '../../../log/index.js';
import { JobError } from '../../job-error.js';
import { removeState } from '../../state-store.js';
import { parseRecord, type FileRecord, type PartOf, type RunCheckpoint } from './checkpoint.js';

/** What is stored for the outputs of a run. */
export type Stored =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'checkpoint'; readonly checkpoint: RunCheckpoint }
  /** The outputs were not written by one and the same work. */
  | { readonly kind: 'mixed'; readonly because: string };

/** The checkpoints of runs, by their outputs. Where there are several outputs it is kept for one of them, and named by the others. */
export class RunStore {
  readonly #store: CheckpointStore;

  /** @param stateFolder see `stateDirectory` */
  constructor(private readonly stateFolder: string) {
    this.#store = new CheckpointStore(nodeWorld(), join(stateFolder, 'checkpoints'));
  }

  /**
   * @param outputs what they lead to, at least one
   * @param isForgotten it is to be forgotten anyway: what cannot be read is not there
   * @throws JobError when something is stored, and cannot be read
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
      // It may have been killed before it said so of the others.
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

  /** Keeps a checkpoint. @throws the operating system's errors */
  async put(outputs: readonly string[], checkpoint: RunCheckpoint): Promise<void> {
    await this.#store.put(nameOf(inOrder(outputs)[0]), checkpoint);
  }

  /** Says of all outputs but one that their checkpoint is kept for that one. @throws the operating system's errors */
  async claim(outputs: readonly string[], job: string): Promise<void> {
    const [main, ...others] = inOrder(outputs);
    for (const output of others) await this.#store.put(nameOf(output), { kind: 'part', job, main } satisfies PartOf);
  }

  /** Forgets what is stored for outputs. @throws the operating system's errors */
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
    // What was written behind an older one is ours, too.
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

/** Not one of the files of an output that has many. */
function isOutput({ role, of }: FileRecord): boolean {
  return role === 'output' && of === undefined;
}

function mixed(because: string): Stored {
  return { kind: 'mixed', because };
}

/** The checkpoint is kept for the first one, in whatever order they are named. */
function inOrder(outputs: readonly string[]): readonly [string, ...string[]] {
  const [main, ...others] = [...outputs].sort();
  if (main === undefined) throw new Error('a run without outputs has no checkpoint');
  return [main, ...others];
}

/** The name under which anything is kept for a file. */
export function nameOf(path: string): string {
  return `run-${createHash('sha256').update(path).digest('hex').slice(0, 32)}`;
}
