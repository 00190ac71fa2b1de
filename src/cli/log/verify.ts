import { visible } from '../../config/diagnostic/index.js';
import type { LocatedDamage } from '../../log/index.js';
import type { FormatFlags } from './flags.js';
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
  const { folder } = await findLog(named, flags);
  const { reader } = await openLog(folder);
  const isJson = flags.format === 'json';
  const listed: LocatedDamage[] = [];
  const summary = await onDisk(() =>
    reader.verify((finding) => {
      if (!isJson) process.stdout.write(visible(`${finding.message}\n`));
      else if (listed.length < LISTED_MAX) listed.push(finding);
    }),
  );
  const { segments, records, bytes, findings } = summary;
  if (isJson)
    process.stdout.write(
      `${JSON.stringify({ folder, files: segments, events: records, bytes, damaged: findings, damage: listed })}\n`,
    );
  const verdict = findings === 0 ? 'all are whole' : `${plural(findings, 'place')} damaged`;
  writeStderr(
    `colloquium: ${showFile(folder)}: ${plural(records, 'event')} in ${plural(segments, 'file')} (${bytesText(bytes)}) checked, ${verdict}\n`,
  );
  return findings === 0 ? EXIT.ok : EXIT.dataError;
}
