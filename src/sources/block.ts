/**
 * What a source returns: runs of whole lines as bytes, in order. Nothing is decoded here, so that invalid UTF-8 reaches the one
 * place that can report it.
 */
export type Block = LineBlock | OverlongLine;

export interface LineBlock {
  readonly kind: 'lines';
  /**
   * Whole lines with their newlines; a source's very last line may lack its own. Empty only in a block that exists for its
   * `resumeAt`. A block that fills most of its memory owns it and may be transferred to another thread, so a caller that splits a
   * block copies all parts but the last.
   */
  readonly bytes: Buffer;
  /** The source's name for people and for `metadata.source`: a path as given, or `stdin`. */
  readonly source: string;
  /** Whether line numbers start from 1 here. */
  readonly startsFile: boolean;
  /** Bytes of the file before the block that are in no block: a byte order mark. */
  readonly bytesBefore?: number;
  readonly resumeAt?: ResumeAt;
  readonly done?: Done | undefined;
  /** The block was decoded from another format: a line may stand for an unreadable record, see `readBroken`. */
  readonly decoded?: true;
  /** Its one line may have killed an earlier worker, so it is processed alone. */
  readonly alone?: boolean;
  /** Returns the memory of `bytes` once nobody reads it any more; can be called on any thread. */
  readonly recycle?: ((bytes: Uint8Array) => void) | undefined;
}

/**
 * Some of a block's bytes, as a block of their own. A block's memory has one owner, who may transfer or return it: the last part
 * keeps it, the others are copies.
 */
export function partOf(bytes: Buffer, start: number, end: number): Buffer {
  const part = bytes.subarray(start, end);
  return end === bytes.length ? part : Buffer.from(part);
}

/** Splits a block after this many of its bytes. */
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

/** Where the source continues after a block, if it can be started there. Stored in checkpoints as JSON that only the source understands. */
export type ResumeAt = unknown;

/** Set on blocks whose events an earlier run has delivered: these events are only counted. */
export interface Done {
  /** The number of lines in the block. */
  readonly lines: number;
}

/** A line over the limit: skipped, and never kept in memory. */
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
  /** The source ended before the line's newline. */
  readonly unfinished: boolean;
}

/** How much of an overlong line's start is kept for its dead letter. */
export const OVERLONG_HEAD_BYTES = 4096;

/** How much of an overlong line's end is kept, to identify the position behind it. */
export const OVERLONG_TAIL_BYTES = 1024;

/** A stream of future events: read once, pulled by its consumer. */
export interface Source {
  readonly name: string;
  /** Total bytes, if known before reading (a regular file). */
  readonly sizeBytes?: number;
  /** @param signal ends the reading early: what was read so far is still returned, then the iteration ends */
  blocks(signal: AbortSignal): AsyncIterable<Block>;
}
