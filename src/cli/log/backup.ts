import { resolve } from 'node:path';
import type { LogFlags } from './flags.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { onDisk } from '../exit/on-disk.js';
import { findLog, openLog } from './place.js';
import { bytesText, plural } from './show.js';
import { visible } from '../../config/diagnostic/index.js';
import { missingKey } from '../../crypt/index.js';
import { writeStderr } from '../terminal/stderr.js';

/** The most damaged places that are told; the others are counted. */
const TOLD_MAX = 20;

/**
 * `colloquium log backup`: copies the log as it is at one moment, with its damage, which is told: a script that goes by the exit code
 * keeps older backups then.
 */
export async function backupLog(destination: string, flags: LogFlags): Promise<ExitCode> {
  const place = await findLog(undefined, flags);
  const { reader, world } = await openLog(place);
  const tell = (message: string): void => writeStderr(`colloquium: ${visible(message)}\n`);
  let told = 0;
  const { findings, keys } = await onDisk(() =>
    reader.verify(({ message }) => {
      told += 1;
      if (told <= TOLD_MAX) tell(message);
    }),
  );
  const unread = keys.find(({ present }) => !present);
  if (unread !== undefined) throw missingKey(place.folder, unread.id, world.disk.keys);
  const { segments, bytes } = await onDisk(() => reader.backup(resolve(destination)));
  writeStderr(`colloquium: ${plural(segments, 'file')} (${bytesText(bytes)}) copied to ${destination}\n`);
  if (findings === 0) return EXIT.ok;
  tell(
    `the log is damaged in ${plural(findings, 'place')}, and so is the copy, which can't be restored: keep older backups. log verify lists all`,
  );
  return EXIT.dataError;
}
