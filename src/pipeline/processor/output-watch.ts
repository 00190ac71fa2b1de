import type { FileSink } from '../../sinks/index.js';
import type { OutputFinding } from './outputs.js';

export interface OutputWatchOptions {
  readonly files: readonly FileSink[];
  readonly tell: (path: string, finding: OutputFinding) => void;
  /** Called when any file was changed, before anything is written to it. */
  readonly onChange: () => Promise<void>;
}

/** Sees to it between two blocks that outputs which somebody renamed, removed or changed are gone on with rightly. */
export class OutputWatch {
  #isWriting = false;
  #looking: Promise<void> | undefined;

  constructor(private readonly options: OutputWatchOptions) {}

  /** Looks at the files, and keeps others from doing so until the block is out. @throws SinkError */
  async beforeBlock(): Promise<void> {
    this.#isWriting = true;
    await this.#looking;
    await this.#look();
  }

  afterBlock(): void {
    this.#isWriting = false;
  }

  /** Looks at the files, unless a block is just going out: then it is done before the next one. @throws SinkError */
  async look(): Promise<void> {
    if (this.#isWriting) return;
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    await this.#looking;
  }

  /**
   * Does what the clock asks of the files: a new one may begin. While a block is going out its checkpoint tells of that.
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

  /** @returns whether any of the files is another one now */
  async #tend(): Promise<boolean> {
    let isChanged = false;
    for (const file of this.options.files) if (await file.tend()) isChanged = true;
    return isChanged;
  }

  async #look(): Promise<void> {
    const { files, tell, onChange } = this.options;
    let isChanged = false;
    for (const file of files) {
      const change = await file.look();
      if (change === undefined) continue;
      isChanged = true;
      tell(file.name, { when: 'meanwhile', ...change });
    }
    if (isChanged) await onChange();
  }
}
