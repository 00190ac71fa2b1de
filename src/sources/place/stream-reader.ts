import { fingerprintOf, isSameFingerprint, type FilePlace } from '../../files/index.js';
import { inTwo, type Block, type Source } from '../block.js';
import { startMark, type InputMark } from './input-mark.js';
import { markAfterBlock, markAfterBytes, sourceBytes } from './mark-after.js';

const NEWLINE = 0x0a;

/** What became of the places in a stream, see `PlaceState`. `went-on`: the last line had no newline, and is longer now. */
export type StreamState =
  { readonly kind: 'good' | 'went-on' | 'edited' | 'other' } | { readonly kind: 'cut'; readonly size: number };

/**
 * Reads a source from its start, because it cannot be entered elsewhere: standard input, what comes out of a compressed file.
 * First up to a place, which tells whether that is still good, then on from there.
 */
export class StreamReader {
  readonly #iterator: AsyncIterator<Block>;
  /** Where everything before was read past. */
  #mark: InputMark;
  /** Read already, from the mark on. */
  #pending: Block[] = [];

  /** @param node the inode of a file that is read in its compressed form */
  constructor(source: Source, signal: AbortSignal, node?: string) {
    this.#mark = startMark(node);
    this.#iterator = source.blocks(signal)[Symbol.asyncIterator]();
  }

  /** Where {@link blocks} goes on. */
  get mark(): InputMark {
    return this.#mark;
  }

  /**
   * Reads up to a place, or as far as the source goes.
   *
   * @param end the place behind a last line that had no newline, where it was done
   * @param onPassed given the blocks before the place
   * @param givesUp it is left where its beginning tells that it is another one
   * @throws SourceError
   */
  async readTo(
    place: FilePlace,
    end: FilePlace | undefined,
    { onPassed, givesUp = false }: { onPassed?: (block: Block) => Promise<void>; givesUp?: boolean } = {},
  ): Promise<StreamState> {
    while (this.#mark.offset < place.offset) {
      if (givesUp && beginsOtherwise(this.#mark, place)) return { kind: 'other' };
      const block = await this.#next();
      if (block === undefined) {
        return beginsOtherwise(this.#mark, place) ? { kind: 'other' } : { kind: 'cut', size: this.#mark.offset };
      }
      const [passed, rest] = cutAt(block, place.offset - this.#mark.offset);
      if (passed === undefined) {
        this.#pending.push(block);
        return { kind: beginsOtherwise(this.#mark, place) ? 'other' : 'edited' };
      }
      this.#mark = markAfterBlock(this.#mark, passed);
      if (rest !== undefined) this.#pending.push(rest);
      if (onPassed !== undefined) await onPassed(passed);
      else if (passed.kind === 'lines') passed.recycle?.(passed.bytes);
    }
    const judged = classify(this.#mark, place);
    return judged === 'good' && end !== undefined ? this.#stateOfEnd(end) : { kind: judged };
  }

  /**
   * Reads past so many lines, or as many as there are.
   *
   * @throws SourceError
   */
  async skipLines(lines: number): Promise<void> {
    while (this.#mark.lines < lines) {
      const block = this.#pending.shift() ?? (await this.#next());
      if (block === undefined) return;
      const [passed, rest] = cutBehindLines(block, lines - this.#mark.lines);
      this.#mark = markAfterBlock(this.#mark, passed);
      if (rest !== undefined) this.#pending.unshift(rest);
    }
  }

  /** The blocks from the mark on. */
  async *blocks(): AsyncGenerator<Block> {
    try {
      yield* this.#pending.splice(0);
      for (let block = await this.#next(); block !== undefined; block = await this.#next()) yield block;
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  /** Whether the line that had no newline stands there as it did, and nothing behind it. Reads it, and keeps it. */
  async #stateOfEnd(end: FilePlace): Promise<StreamState> {
    const blocks = this.#pending.splice(0);
    let held = blocks.reduce((sum, block) => sum + sourceBytes(block), 0);
    // One byte more tells that it went on.
    while (this.#mark.offset + held <= end.offset) {
      const block = await this.#next();
      if (block === undefined) break;
      held += sourceBytes(block);
      blocks.push(block);
    }
    this.#pending = blocks;
    const size = this.#mark.offset + held;
    if (size < end.offset) return { kind: 'cut', size };
    const atEnd = markAt(this.#mark, blocks, end.offset);
    if (atEnd !== undefined && classify(atEnd, end) !== 'good') return { kind: 'edited' };
    return { kind: size === end.offset ? 'good' : 'went-on' };
  }

  async #next(): Promise<Block | undefined> {
    const result = await this.#iterator.next();
    return result.done === true ? undefined : result.value;
  }
}

function classify(mark: InputMark, place: FilePlace): 'good' | 'edited' | 'other' {
  if (mark.offset < place.file.head.bytes || beginsOtherwise(mark, place)) return 'other';
  return isSameFingerprint(fingerprintOf(mark.tail), place.before) ? 'good' : 'edited';
}

/** Whether enough was read to tell that the beginning is another one. */
function beginsOtherwise({ head, offset }: InputMark, { file: { head: known } }: FilePlace): boolean {
  return offset >= known.bytes && !isSameFingerprint(fingerprintOf(head.subarray(0, known.bytes)), known);
}

/** The mark at an offset within blocks; undefined inside a line that is too long to be held. */
function markAt(start: InputMark, blocks: readonly Block[], offset: number): InputMark | undefined {
  let mark = start;
  for (const block of blocks) {
    const left = offset - mark.offset;
    if (left >= sourceBytes(block)) mark = markAfterBlock(mark, block);
    else if (left <= 0) break;
    else if (block.kind === 'lines') return markAfterBytes(mark, block.bytes.subarray(0, left));
    else return undefined;
  }
  return mark;
}

/**
 * A block in two, behind so many of its source's bytes.
 *
 * @returns no first part where it cannot be cut there; no second one where nothing is left
 */
function cutAt(block: Block, count: number): readonly [Block | undefined, Block | undefined] {
  if (sourceBytes(block) <= count) return [block, undefined];
  const at = count - (block.bytesBefore ?? 0);
  return block.kind === 'overlong' || at <= 0 ? [undefined, block] : inTwo(block, at);
}

/** A block in two, behind so many lines; no second one where it has not more. */
function cutBehindLines(block: Block, lines: number): readonly [Block, Block | undefined] {
  if (block.kind === 'overlong') return [block, undefined];
  let at = 0;
  for (let line = 0; line < lines; line++) {
    const newline = block.bytes.indexOf(NEWLINE, at);
    if (newline === -1) return [block, undefined];
    at = newline + 1;
  }
  return at === block.bytes.length ? [block, undefined] : inTwo(block, at);
}
