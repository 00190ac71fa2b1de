import type { ByteWriter, Text } from '../../json/index.js';
import type { Batch, BlockMeta } from '../batch.js';

/** How lines contain events, and what surrounds their data when they are written whole. */
export interface LineForm {
  /** Sets the text that the following lines are in. */
  begin(text: Text, batch: Batch, meta: BlockMeta): void;
  /** Scans the data in a line. @returns the position of the line's newline; −1 if the line must take the full path */
  scan(start: number): number;
  /** Gives the batch the event of the last scanned line, before the batch is asked for its id or its context. */
  introduce(): void;
  /** Writes what precedes the data. @param id the event's id, if the batch was asked for it */
  writeHead(id: string | undefined, into: ByteWriter): void;
  writeTail(into: ByteWriter): void;
}
