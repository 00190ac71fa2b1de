/**
 * What a source gives: runs of whole lines as bytes, in order. Nothing here is decoded, so that broken UTF-8 reaches the
 * one place that can report it.
 */
export type Block = LineBlock | OverlongLine;

export interface LineBlock {
  readonly kind: 'lines';
  /**
   * Whole lines with their newlines; the very last line of a source may lack its own. Empty only in a block that is there
   * for its `resumeAt`. A block that fills most of its memory owns it, and may be moved to another thread: who cuts one in parts
   * copies all but the last.
   */
  readonly bytes: Buffer;
  /** The source's name for people and for `metadata.source`: a path as given, or `stdin`. */
  readonly source: string;
  /** True when line numbers start from 1 here. */
  readonly startsFile: boolean;
  /** Bytes of the file that stand before the block and are in none: those of a byte order mark. */
  readonly bytesBefore?: number;
  readonly resumeAt?: ResumeAt;
  readonly done?: Done | undefined;
  /** Decoded from another format: a line may stand for a record that could not be read, see `readBroken`. */
  readonly decoded?: true;
  /** Its one line may be what killed who worked on it before: nothing else is to be in work meanwhile, nor to be killed with it. */
  readonly alone?: boolean;
  /** Where the memory of `bytes` may be given back once nobody reads them any more, from whichever thread they came back. */
  readonly recycle?: ((bytes: Uint8Array) => void) | undefined;
}

/**
 * Some of a block's bytes, for a block of their own. A block's memory has one owner, who may move it away or give it back: the
 * last part keeps it, the others are copies.
 */
export function partOf(bytes: Buffer, start: number, end: number): Buffer {
  const part = bytes.subarray(start, end);
  return end === bytes.length ? part : Buffer.from(part);
}

/** A block in two, behind so many of its bytes. */
export function inTwo(block: LineBlock, at: number): readonly [LineBlock, LineBlock] {
  const { bytes, source, done, recycle, decoded } = block;
  return [
    { ...block, bytes: partOf(bytes, 0, at), recycle: undefined },
    {
      kind: 'lines',
      bytes: partOf(bytes, at, bytes.length),
      source,
      startsFile: false,
      done,
      recycle,
      ...(decoded && { decoded }),
    },
  ];
}

/**
 * Where its source goes on behind a block, for sources that can be asked to start there: what a checkpoint keeps. JSON;
 * only the source knows what is in it.
 */
export type ResumeAt = unknown;

/** Set on blocks whose events an earlier run has delivered: they are only counted. */
export interface Done {
  /** How many lines the block has. */
  readonly lines: number;
}

/** A line over the limit: read past, never held. */
export interface OverlongLine {
  readonly kind: 'overlong';
  readonly source: string;
  readonly startsFile: boolean;
  readonly bytesBefore?: number;
  readonly resumeAt?: ResumeAt;
  readonly done?: Done | undefined;
  readonly alone?: boolean;
  /** Its first {@link OVERLONG_HEAD_BYTES} bytes. */
  readonly head: Buffer;
  /** Its last {@link OVERLONG_TAIL_BYTES} bytes, without the newline. */
  readonly tail: Buffer;
  /** Its length without the newline. */
  readonly lineBytes: number;
  /** The source ended before its newline came. */
  readonly unfinished: boolean;
}

/** How much of an overlong line is kept for its dead letter. */
export const OVERLONG_HEAD_BYTES = 4096;

/** How much of its end is kept, by which the place behind it is known again. */
export const OVERLONG_TAIL_BYTES = 1024;

/** A stream of events to be: one pass, pulled by whoever consumes it. */
export interface Source {
  readonly name: string;
  /** Total bytes, where that is known before reading (a regular file). */
  readonly sizeBytes?: number;
  /** @param signal ends the reading early: what was read so far is still given, then the iteration ends. */
  blocks(signal: AbortSignal): AsyncIterable<Block>;
}
