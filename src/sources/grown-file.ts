import { fstatSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Block } from './block.js';
import { BLOCK_BYTES, BlockCutter } from './block-cutter.js';
import type { Packing } from '../files/index.js';
import { SourceError } from './read-error.js';
import { UnpackedFile } from './unpacked-file.js';

const readAsync = promisify(read);

/** How much of the last read is compared before more is read. */
const OVERLAP_BYTES = 1024;

export interface GrownFileOptions {
  /** The name for people and `metadata.source`. */
  readonly name: string;
  readonly lineBytesMax: number;
  /** Bytes of the content that were read before. */
  readonly from: number;
  /** How the file is compressed, if it is; its content is decompressed. */
  readonly packing: Packing | undefined;
  /** Whether a last line without a newline counts. */
  readonly takesUnfinished: boolean;
}

/** The file has changed since reading began: somebody has truncated or rewritten it. */
export class RewrittenError extends Error {
  override readonly name = 'RewrittenError';
}

/** The new data of an open file after a position, as of when reading begins. Can be read once. */
export class GrownFile {
  readonly #cutter: BlockCutter;
  readonly #packed: UnpackedFile | undefined;
  #bytesRead = 0;
  #isCutOff = false;

  constructor(
    private readonly fd: number,
    private readonly options: GrownFileOptions,
  ) {
    this.#packed = options.packing && new UnpackedFile(fd, options.packing);
    this.#cutter = new BlockCutter(options.name, options.lineBytesMax, BLOCK_BYTES, options.from === 0);
  }

  /** The position in the content up to which data has been returned. */
  get offset(): number {
    return this.options.from + this.#cutter.given;
  }

  /** Bytes of a last line without a newline, once everything has been read. */
  get unfinished(): number {
    return this.#cutter.unfinished;
  }

  /** Bytes read from the file, before decompression. */
  get bytesRead(): number {
    return this.#packed?.bytesRead ?? this.#bytesRead;
  }

  /** Whether the file is compressed and its end is missing: its writer may not be finished. */
  get isCutOff(): boolean {
    return this.#isCutOff;
  }

  /**
   * @param signal ends the reading
   * @throws SourceError when reading fails, {@link RewrittenError}
   */
  async *blocks(signal: AbortSignal): AsyncGenerator<Block> {
    try {
      yield* this.#packed === undefined ? this.#plain(signal) : this.#unpacked(this.#packed, signal);
      if (this.options.takesUnfinished && !signal.aborted) yield* this.#cutter.end();
    } catch (error) {
      throw error instanceof RewrittenError ? error : new SourceError(this.options.name, 'read', error);
    }
  }

  async *#plain(signal: AbortSignal): AsyncGenerator<Block> {
    const { fd } = this;
    const { size } = fstatSync(fd);
    let position = this.options.from;
    let before = readBefore(fd, position);
    while (!signal.aborted && position < size) {
      const space = this.#cutter.space();
      const { bytesRead } = await readAsync(fd, space, 0, Math.min(space.length, size - position), position);
      if (bytesRead === 0 || !readBefore(fd, position).equals(before)) throw new RewrittenError();
      const bytes = space.subarray(0, bytesRead);
      before = Buffer.concat([before, bytes.subarray(-OVERLAP_BYTES)]).subarray(-OVERLAP_BYTES);
      position += bytesRead;
      this.#bytesRead = position;
      yield* this.#cutter.advance(bytesRead);
    }
    if (!signal.aborted && !readBefore(fd, position).equals(before)) throw new RewrittenError();
  }

  async *#unpacked(packed: UnpackedFile, signal: AbortSignal): AsyncGenerator<Block> {
    let toPass = this.options.from;
    try {
      for await (const chunk of packed.chunks(signal)) {
        const passed = Math.min(toPass, chunk.length);
        toPass -= passed;
        yield* this.#cutter.add(chunk.subarray(passed));
        yield* this.#cutter.cut();
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!hasEndedEarly(error)) throw error;
      this.#isCutOff = true;
    }
    if (toPass > 0 && !signal.aborted) throw new RewrittenError();
  }
}

function readBefore(fd: number, position: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.min(position, OVERLAP_BYTES));
  return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, position - bytes.length));
}

function hasEndedEarly(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR';
}
