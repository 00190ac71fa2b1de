import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { stateDirectory } from '../../config/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { onDisk } from '../exit/on-disk.js';
import { UserError } from '../exit/user-error.js';
import { openKeys } from '../../jobs/index.js';
import { isSealedPath } from '../../sources/index.js';
import { writeStderr } from '../terminal/stderr.js';
import type { LogFlags } from './flags.js';
import { encryptedFiles } from './encrypted-files.js';
import { findLog, noLog } from './place.js';
import { plural } from './show.js';

/** `colloquium log rekey`: encrypts everything that is kept, and further files, with the current key. */
export async function rekeyLog(files: readonly string[], flags: LogFlags): Promise<ExitCode> {
  const { folder, config } = await findLog(undefined, flags);
  const keys = await openKeys(config);
  if (config === undefined || keys === undefined) {
    throw new UserError(
      'no key is configured',
      EXIT.usage,
      'name one in storage.encryption, and the former ones in old_keys; the way back to plain files: colloquium help security',
    );
  }
  const { rekey } = await import('../../jobs/rekey/index.js');
  const plan = {
    logFolder: folder,
    stateFolder: stateDirectory(config),
    keys,
    command: 'colloquium log rekey',
    outputs: await encryptedFiles(config),
    files: files.map(sealedFile),
  };
  const { log, outputs, values, batches, checkpoints, states, folderLedgers, isEmpty } = await onDisk(() =>
    rekey(plan),
  );
  if (isEmpty) throw noLog(folder);
  if (log === undefined) writeStderr(`colloquium: ${folder}: there is no log: all else is encrypted anew\n`);
  const left = [...(log?.left ?? []), ...outputs.left, ...batches.left];
  for (const what of left) writeStderr(`colloquium: stays as it is: ${what}\n`);
  const lost = log?.lost ?? [];
  for (const what of lost) writeStderr(`colloquium: ${what}\n`);
  for (const what of log?.unreadable ?? []) writeStderr(`colloquium: ${what}: it may be removed\n`);
  const parts = [
    ...(log === undefined ? [] : [`${plural(log.rekeyed, 'file')} of the log`]),
    `${plural(outputs.rekeyed, 'file')} of outputs and dead letters`,
    `${plural(values, 'value')} of journal, ledger and budget`,
    ...(batches.rekeyed === 0 ? [] : [`${plural(batches.rekeyed, 'file')} of batches`]),
    plural(checkpoints, 'checkpoint'),
    plural(states, "stages' state"),
    plural(folderLedgers, 'folder ledger'),
  ];
  const already = log === undefined || log.current === 0 ? '' : `; ${plural(log.current, 'file')} already were`;
  writeStderr(`colloquium: encrypted with the key ${keys.currentId}: ${parts.join(', ')}${already}\n`);
  return left.length + lost.length === 0 ? EXIT.ok : EXIT.dataError;
}

/** @throws UserError for a file that is not an encrypted output */
function sealedFile(path: string): string {
  const isThere = existsSync(path);
  if (isThere && isSealedPath(path)) return resolve(path);
  throw new UserError(`${path}: ${isThere ? 'it is not an encrypted output' : 'there is no such file'}`, EXIT.usage);
}
