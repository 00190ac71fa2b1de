import { NEWLINE } from '../format/line.js';
import { idOfLine } from '../../event/index.js';
import type { LogBlock } from '../read/log-block.js';
import type { LogReadOptions } from '../read/read-log.js';
import type { KeyIndex } from './key-index.js';

/**
 * Removes keys that were claimed for records that were not stored because of a crash.
 *
 * @param lastTimestamp the timestamp of the log's last record
 * @param read reads the log
 */
export async function settleKeys(
  keys: KeyIndex,
  lastTimestamp: number,
  read: (options: LogReadOptions) => AsyncIterable<LogBlock>,
): Promise<void> {
  const unsettled = new Map(keys.unsettled(lastTimestamp).map((claim) => [claim.id, claim]));
  if (unsettled.size === 0) return;
  const timestamps = [...unsettled.values()].map(({ timestamp }) => timestamp);
  // A record has the same timestamp as its claim, so there is little to read.
  const since = timestamps.reduce((a, b) => Math.min(a, b));
  const until = timestamps.reduce((a, b) => Math.max(a, b)) + 1;
  for await (const { bytes } of read({ from: { since }, until })) {
    for (let at = 0; at < bytes.length; at = bytes.indexOf(NEWLINE, at) + 1) {
      const id = idOfLine(bytes, at);
      if (id !== undefined) unsettled.delete(id);
    }
  }
  if (unsettled.size > 0) await keys.drop([...unsettled.values()]);
}
