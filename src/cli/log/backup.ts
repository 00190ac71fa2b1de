import { resolve } from 'node:path';
import type { LogFlags } from './flags.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { onDisk } from '../exit/on-disk.js';
import { findLog, openLog } from './place.js';
import { bytesText, plural } from './show.js';
import { writeStderr } from '../terminal/stderr.js';

/** `colloquium log backup`: copies the log as it is at one moment. */
export async function backupLog(destination: string, flags: LogFlags): Promise<ExitCode> {
  const place = await findLog(undefined, flags);
  const { reader } = await openLog(place);
  const { segments, bytes } = await onDisk(() => reader.backup(resolve(destination)));
  writeStderr(`colloquium: ${plural(segments, 'file')} (${bytesText(bytes)}) copied to ${destination}\n`);
  return EXIT.ok;
}
