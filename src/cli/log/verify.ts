import { visible } from '../../config/diagnostic/index.js';
import type { LocatedDamage } from '../../log/index.js';
import type { FormatFlags } from './flags.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { showFile } from '../terminal/print-diagnostics.js';
import { onDisk } from '../exit/on-disk.js';
import { openReadableKeys } from '../../jobs/index.js';
import { findLog, openLog } from './place.js';
import { bytesText, plural } from './show.js';
import { writeStderr } from '../terminal/stderr.js';

/** The most damaged places that JSON lists; the others are counted. */
const LISTED_MAX = 10_000;

/** `colloquium log verify`: prints every damaged place on stdout, one per line. */
export async function verifyLog(named: string | undefined, flags: FormatFlags): Promise<ExitCode> {
  const place = await findLog(named, flags);
  const { folder } = place;
  const tell = (message: string): void => writeStderr(`colloquium: ${message}\n`);
  const { reader } = await openLog(place, undefined, (config) => openReadableKeys(config, tell));
  const isJson = flags.format === 'json';
  const listed: LocatedDamage[] = [];
  const summary = await onDisk(() =>
    reader.verify((finding) => {
      if (!isJson) process.stdout.write(visible(`${finding.message}\n`));
      else if (listed.length < LISTED_MAX) listed.push(finding);
    }),
  );
  const { segments, records, bytes, findings, keys, plainBehind } = summary;
  if (isJson)
    process.stdout.write(
      `${JSON.stringify({ folder, files: segments, events: records, bytes, damaged: findings, damage: listed, keys, plain_behind: plainBehind })}\n`,
    );
  const isChecked = keys.every(({ present }) => present);
  const sound = isChecked ? 'all are whole' : 'not all of it';
  const verdict = findings === 0 ? sound : `${plural(findings, 'place')} damaged`;
  writeStderr(
    `colloquium: ${showFile(folder)}: ${plural(records, 'event')} in ${plural(segments, 'file')} (${bytesText(bytes)}) checked, ${verdict}\n`,
  );
  for (const { id, segments: files, present } of keys) {
    const how = present ? 'there' : 'missing: only the lengths and the order of their encrypted frames were checked';
    const what = files === 0 ? 'what tells of the end of the log is' : plural(files, 'file');
    writeStderr(`colloquium: ${what} encrypted with the key ${id}, which is ${how}\n`);
  }
  if (plainBehind > 0) {
    const which = plainBehind === 1 ? '1 file is' : `${plainBehind} files are`;
    tell(`${which} not encrypted, though one before is: encryption was off then, or it is not of this log`);
  }
  if (findings > 0) return EXIT.dataError;
  return isChecked ? EXIT.ok : EXIT.invalid;
}
