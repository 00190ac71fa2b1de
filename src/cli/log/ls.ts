import type { SegmentInfo } from '../../log/index.js';
import type { FormatFlags } from './flags.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { bytesText, plural } from './show.js';
import { onDisk } from '../exit/on-disk.js';
import { findLog, openLog } from './place.js';

/** `colloquium log ls`: lists what the log contains, file by file. */
export async function listLog(named: string | undefined, flags: FormatFlags): Promise<ExitCode> {
  const place = await findLog(named, flags);
  const { reader } = await openLog(place);
  const segments = await onDisk(() => reader.segments());
  process.stdout.write(flags.format === 'json' ? asJson(place.folder, segments) : asTable(segments));
  return EXIT.ok;
}

function asJson(folder: string, segments: readonly SegmentInfo[]): string {
  const files = segments.map(({ file, packed, records, bytes, bytesOnDisk, first, last, tornBytes }) => ({
    file,
    packed,
    events: records,
    bytes,
    bytes_on_disk: bytesOnDisk,
    first,
    last,
    torn_bytes: tornBytes,
  }));
  const { events, bytesOnDisk } = totals(segments);
  return `${JSON.stringify({ folder, events, bytes_on_disk: bytesOnDisk, files })}\n`;
}

function asTable(segments: readonly SegmentInfo[]): string {
  const rows = segments.map(({ file, records, bytesOnDisk, first, last, tornBytes }) => [
    file,
    String(records),
    bytesText(bytesOnDisk),
    first === null ? '' : new Date(first.timestamp).toISOString(),
    last === null ? '' : new Date(last.timestamp).toISOString(),
    tornBytes === 0 ? '' : `${bytesText(tornBytes)} torn`,
  ]);
  const all = [['file', 'events', 'on disk', 'first', 'last', ''], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length))) ?? [];
  const lines = all.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, column))
      .join('  ')
      .trimEnd(),
  );
  const { events, bytesOnDisk } = totals(segments);
  lines.push(`${plural(events, 'event')} in ${plural(segments.length, 'file')}, ${bytesText(bytesOnDisk)}`);
  return `${lines.join('\n')}\n`;
}

function pad(cell: string, width: number, column: number): string {
  const isNumber = column === 1 || column === 2;
  return isNumber ? cell.padStart(width) : cell.padEnd(width);
}

function totals(segments: readonly SegmentInfo[]): { readonly events: number; readonly bytesOnDisk: number } {
  return {
    events: segments.reduce((sum, { records }) => sum + records, 0),
    bytesOnDisk: segments.reduce((sum, { bytesOnDisk }) => sum + bytesOnDisk, 0),
  };
}
