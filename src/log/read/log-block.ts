import type { LogPosition } from '../format/position.js';
import type { Damage } from './damage.js';

/**
 * Some records in order, and the damage behind them. Blocks follow each other without a gap: each starts at the `nextPosition` of
 * the one before.
 */
export interface LogBlock {
  /** Whole lines, each checked, without their crc. The memory belongs to the receiver. */
  readonly bytes: Buffer;
  /** The number of lines in `bytes`; may be 0 if there is damage to report. */
  readonly records: number;
  /** The first record's timestamp, in milliseconds since the epoch; undefined if there is no record. */
  readonly firstTimestamp: number | undefined;
  readonly lastTimestamp: number | undefined;
  /** Where the first line starts. Each stored line is 17 bytes (`STRIPPED_BYTES`) longer than in `bytes`. */
  readonly position: LogPosition;
  /** Where to continue after the block: what a checkpoint stores. */
  readonly nextPosition: LogPosition;
  /** The damage between the last record and `nextPosition`. */
  readonly damage: readonly Damage[];
}
