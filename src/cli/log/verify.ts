import { visible } from '../../config/diagnostic/index.js';
import type { LocatedDamage } from '../../log/index.js';
import type { FormatFlags } from './flags.js';
import { KeyError } from '../../crypt/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { showFile } from '../terminal/print-diagnostics.js';
import { onDisk } from '../exit/on-disk.js';
import { findLog, openLog } from './place.js';
import { bytesText, plural } from './show.js';
import { writeStderr } from '../terminal/stderr.js';

/** The most damaged places that JSON lists; the others are counted. */
const LISTED_MAX = 10_000;

/** `colloquium log verify`: prints every damaged place on stdout, one per line. */
export async function verifyLog(named: string | undefined, flags: FormatFlags): Promise<ExitCode> {
  const place = await findLog(named, flags);
  const { folder } = place;
  const { reader } = await openLog(place).catch((error: unknown) => {
    if (!(error instanceof KeyError)) throw error;
    writeStderr(`colloquium: ${error.message}\n`);
    return openLog({ folder, config: undefined });
  });
  const isJson = flags.format === 'json';
  const listed: LocatedDamage[] = [];
  const summary = await onDisk(() =>
    reader.verify((finding) => {
      if (!isJson) process.stdout.write(visible(`${finding.message}\n`));
      else if (listed.length < LISTED_MAX) listed.push(finding);
    }),
  );
  const { segments, records, bytes, findings, keys } = summary;
  if (isJson)
    process.stdout.write(
      `${JSON.stringify({ folder, files: segments, events: records, bytes, damaged: findings, damage: listed, keys })}\n`,
    );
  const isChecked = keys.every(({ present }) => present);
  const sound = isChecked ? 'all are whole' : 'not all of it';
  const verdict = findings === 0 ? sound : `${plural(findings, 'place')} damaged`;
  writeStderr(
    `colloquium: ${showFile(folder)}: ${plural(records, 'event')} in ${plural(segments, 'file')} (${bytesText(bytes)}) checked, ${verdict}\n`,
  );
  for (const { id, segments: files, present } of keys) {
    const how = present ? 'there' : 'missing: only the lengths and the order of their encrypted frames were checked';
    writeStderr(`colloquium: ${plural(files, 'file')} encrypted with the key ${id}, which is ${how}\n`);
  }
  if (findings > 0) return EXIT.dataError;
  return isChecked ? EXIT.ok : EXIT.invalid;
}
