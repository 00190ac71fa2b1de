import { resolve } from 'node:path';
import { nodeWorld, restoreLog } from '../../log/index.js';
import type { LogFlags } from './flags.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { openKeys } from '../../jobs/index.js';
import { showFile } from '../terminal/print-diagnostics.js';
import { onDisk } from '../exit/on-disk.js';
import { findLog } from './place.js';
import { plural } from './show.js';
import { writeStderr } from '../terminal/stderr.js';

/** `colloquium log restore`: restores a log from a backup, which is verified first. */
export async function restoreBackup(backup: string, named: string | undefined, flags: LogFlags): Promise<ExitCode> {
  const { folder, config } = await findLog(named, flags);
  const world = nodeWorld(await openKeys(config));
  const { records, segments } = await onDisk(() =>
    restoreLog(world, resolve(backup), folder, 'colloquium log restore'),
  );
  const what = `${plural(records, 'event')} in ${plural(segments, 'file')}`;
  writeStderr(`colloquium: ${what} restored to ${showFile(folder)}, all are whole\n`);
  return EXIT.ok;
}
