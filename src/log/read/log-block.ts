import type { LogPosition } from '../format/position.js';
import type { Damage } from './damage.js';

/**
 * Some records in their order, then what is wrong behind them. Blocks follow each other without a gap: one's
 * `nextPosition` is where the next goes on.
 */
export interface LogBlock {
  /** Whole lines, each checked, without their crc. The memory belongs to the receiver. */
  readonly bytes: Buffer;
  /** Lines in `bytes`; may be 0 when there is damage to report. */
  readonly records: number;
  /** Of the first record, milliseconds since the epoch; undefined when there is none. */
  readonly firstTimestamp: number | undefined;
  readonly lastTimestamp: number | undefined;
  /** Where the first line starts. Line by line the stored log is 17 bytes longer than `bytes` (`STRIPPED_BYTES`). */
  readonly position: LogPosition;
  /** Where to continue after the block: what a checkpoint stores. */
  readonly nextPosition: LogPosition;
  /** Lost places between the last record and `nextPosition`. */
  readonly damage: readonly Damage[];
}
