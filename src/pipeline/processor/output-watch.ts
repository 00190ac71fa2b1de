import type { FileSink } from '../../sinks/index.js';
import type { OutputFinding } from './outputs.js';

export interface OutputWatchOptions {
  readonly files: readonly FileSink[];
  readonly tell: (path: string, finding: OutputFinding) => void;
  /** Called when any file was changed, before anything is written to it. */
  readonly onChange: () => Promise<void>;
}

/** Checks outputs between blocks, so that those which somebody renamed, removed or changed are continued correctly. */
export class OutputWatch {
  #isWriting = false;
  #looking: Promise<void> | undefined;

  constructor(private readonly options: OutputWatchOptions) {}

  /** Checks the files, and prevents other checks until the block is out. @throws SinkError */
  async beforeBlock(): Promise<void> {
    this.#isWriting = true;
    await this.#looking;
    await this.#check();
  }

  afterBlock(): void {
    this.#isWriting = false;
  }

  /** Checks the files, unless a block is being written: they are then checked before the next block. @throws SinkError */
  async check(): Promise<void> {
    if (this.#isWriting) return;
    this.#looking ??= this.#check().finally(() => (this.#looking = undefined));
    await this.#looking;
  }

  /**
   * Does what is due by the clock: a new file may start. If a block is being written, its checkpoint records that.
   *
   * @throws SinkError
   */
  async tend(): Promise<void> {
    while (this.#looking !== undefined) await this.#looking;
    if (this.#isWriting) {
      await this.#tend();
      return;
    }
    const tending = async (): Promise<void> => {
      if (await this.#tend()) await this.options.onChange();
    };
    this.#looking = tending().finally(() => (this.#looking = undefined));
    await this.#looking;
  }

  /** @returns whether any file was replaced by a new one */
  async #tend(): Promise<boolean> {
    let isChanged = false;
    for (const file of this.options.files) if (await file.tend()) isChanged = true;
    return isChanged;
  }

  async #check(): Promise<void> {
    const { files, tell, onChange } = this.options;
    let isChanged = false;
    for (const file of files) {
      const change = await file.checkPlace();
      if (change === undefined) continue;
      isChanged = true;
      tell(file.name, { when: 'meanwhile', ...change });
    }
    if (isChanged) await onChange();
  }
}
