import { pipeline } from 'node:stream/promises';
import { isatty } from 'node:tty';
import split2 from 'split2';
import { withoutTicks } from '../../event/index.js';
import { LOG_START, type Damage, type ReadOnlyLog, type LogPosition } from '../../log/index.js';
import { SinkClosedError, stdoutSink } from '../../sinks/index.js';
import type { TailFlags } from './flags.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { onDisk } from '../exit/on-disk.js';
import { findLog, openLog } from './place.js';
import { eventLine } from './event-line.js';
import { writeStderr } from '../terminal/stderr.js';

const STDOUT = 1;
const NEWLINE = 0x0a;

/** `colloquium log tail`: prints the newest events, and with `-f` those that follow. */
export async function tailLog(named: string | undefined, flags: TailFlags): Promise<ExitCode> {
  const place = await findLog(named, flags);
  const { reader } = await openLog(place);
  const sink = stdoutSink();
  const show = isatty(STDOUT) ? eventLine(process.stdout.columns) : (line: string) => line;
  const damaged: string[] = [];
  const onDamage = ({ message }: Damage): void => {
    damaged.push(message);
    writeStderr(`colloquium: ${message}\n`);
  };
  try {
    await onDisk(() =>
      pipeline(newestThenMore(reader, flags, onDamage), split2(), async (lines: AsyncIterable<string>) => {
        for await (const line of lines) await sink.write(Buffer.from(`${show(line)}\n`));
      }),
    );
  } catch (error) {
    // Whoever closed the pipe has read enough.
    if (!(error instanceof SinkClosedError)) throw error;
  }
  return damaged.length > 0 ? EXIT.dataError : EXIT.ok;
}

async function* newestThenMore(
  reader: ReadOnlyLog,
  { lines: wanted, follow }: TailFlags,
  onDamage: (damage: Damage) => void,
): AsyncGenerator<Buffer> {
  let end = await startOfNewest(reader, wanted);
  let newest: Buffer[] = [];
  for await (const { bytes, nextPosition, damage } of reader.read({ from: end })) {
    damage.forEach(onDamage);
    newest = lastLines([...newest, withoutTicks(bytes)], wanted);
    end = nextPosition;
  }
  yield* newest.filter(({ length }) => length > 0);
  if (follow !== true) return;
  for await (const { bytes, damage } of reader.read({ from: end, follow })) {
    damage.forEach(onDamage);
    const events = withoutTicks(bytes);
    if (events.length > 0) yield events;
  }
}

/** The start of the file that contains the first of the newest events. */
async function startOfNewest(reader: ReadOnlyLog, wanted: number): Promise<LogPosition> {
  let records = 0;
  const segments = await reader.segments();
  for (const segment of segments.toReversed()) {
    records += segment.records;
    if (records >= wanted) return { segment: segment.segment, offset: 0 };
  }
  return LOG_START;
}

/** The last lines of some blocks, as many as wanted. */
function lastLines(blocks: readonly Buffer[], wanted: number): Buffer[] {
  const kept: Buffer[] = [];
  let left = wanted;
  for (const block of blocks.toReversed()) {
    let start = block.length;
    while (left > 0 && start > 0) {
      start = start < 2 ? 0 : block.lastIndexOf(NEWLINE, start - 2) + 1;
      left -= 1;
    }
    if (start < block.length) kept.unshift(block.subarray(start));
    if (left === 0) break;
  }
  return kept;
}
