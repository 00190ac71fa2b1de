import type { SealedReader } from '../../crypt/index.js';

/** Reads a segment's original bytes, whether it is packed or not. */
export interface SegmentSource {
  /** The file that is read. */
  readonly path: string;
  readonly packed: boolean;
  /** What is known of it as an encrypted file; undefined: it is not encrypted. */
  readonly sealed?: SealedReader;
  /** Whether an unknown number of bytes at the end is known to be lost. */
  readonly isTruncated: boolean;
  /** Why the bytes at the end of a packed segment are lost, as far as that is known. */
  readonly endLoss?: string | undefined;
  /** The size of the unpacked segment in bytes. It grows while the segment is written to. */
  size(): Promise<number>;
  /**
   * Reads from `offset` of the unpacked segment into `into`, between `start` and `end`. Fewer bytes than requested don't mean the
   * end; 0 does.
   *
   * @throws DamagedRange when the bytes at `offset` can't be unpacked
   */
  read(into: Buffer, start: number, end: number, offset: number): Promise<number>;
  close(): Promise<void>;
}

/** Reports unreadable bytes of a segment. The bytes behind them can be read. */
export class DamagedRange extends Error {
  override readonly name = 'DamagedRange';
  /** Where the readable bytes continue in the unpacked segment; undefined if none follow. */
  readonly nextOffset: number | undefined;
  readonly loss: 'packed_block' | 'sealed_frame';

  constructor(reason: string, nextOffset: number | undefined, loss: 'packed_block' | 'sealed_frame' = 'packed_block') {
    super(reason);
    this.nextOffset = nextOffset;
    this.loss = loss;
  }
}
