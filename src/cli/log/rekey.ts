import { stateDirectory } from '../../config/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { onDisk } from '../exit/on-disk.js';
import { UserError } from '../exit/user-error.js';
import { openKeys } from '../../jobs/index.js';
import { writeStderr } from '../terminal/stderr.js';
import type { LogFlags } from './flags.js';
import { findLog, openLog } from './place.js';
import { plural } from './show.js';

/** `colloquium log rekey`: encrypts everything that is stored with the current key. */
export async function rekeyLog(flags: LogFlags): Promise<ExitCode> {
  const place = await findLog(undefined, flags);
  const { folder, config } = place;
  const keys = await openKeys(config);
  if (config === undefined || keys === undefined) {
    throw new UserError(
      'no key is configured',
      EXIT.usage,
      'name one in storage.encryption, and the former ones in old_keys',
    );
  }
  await openLog(place);
  const { rekey } = await import('../../jobs/rekey/index.js');
  const plan = { logFolder: folder, stateFolder: stateDirectory(config), keys, command: 'colloquium log rekey' };
  const { log, values, checkpoints, states, folderLedgers } = await onDisk(() => rekey(plan));
  for (const what of log.left) writeStderr(`colloquium: stays as it is: ${what}\n`);
  const parts = [
    `${plural(log.rekeyed, 'file')} of the log`,
    `${plural(values, 'value')} of journal, ledger and budget`,
    plural(checkpoints, 'checkpoint'),
    plural(states, "stages' state"),
    plural(folderLedgers, 'folder ledger'),
  ];
  const already = log.current === 0 ? '' : `; ${plural(log.current, 'file')} already were`;
  writeStderr(`colloquium: encrypted with the key ${keys.currentId}: ${parts.join(', ')}${already}\n`);
  return log.left.length === 0 ? EXIT.ok : EXIT.dataError;
}
