import type { ByteWriter, Text } from '../../json/index.js';
import type { Batch, BlockMeta } from '../batch.js';

/** How events stand in lines, and what stands around their data when they are written whole. */
export interface LineForm {
  /** The lines that follow stand in this text. */
  begin(text: Text, batch: Batch, meta: BlockMeta): void;
  /** Scans the data in a line. @returns where the line's newline stands; −1 when it must go the full way */
  scan(start: number): number;
  /** Tells the batch of the event in the line scanned last, before the batch is asked for its id or its context. */
  introduce(): void;
  /** Writes what stands before the data. @param id the event's, where the batch was asked for it */
  writeHead(id: string | undefined, into: ByteWriter): void;
  writeTail(into: ByteWriter): void;
}
