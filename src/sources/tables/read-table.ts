import { statSync, type Stats } from 'node:fs';
import { basename } from 'node:path';
import { TableError, type TablePlan } from '../../config/kinds/index.js';
import { INPUT_FORMATS } from '../formats/index.js';
import { openSource, refuseSealedPath } from '../index.js';
import { SourceError } from '../read-error.js';
import { Table } from './table.js';
import { TableBuilder } from './table-builder.js';

/** The maximum size of a row. */
const ROW_BYTES_MAX = 16 * 2 ** 20;
/** How often to try reading a file that changes while it is read. */
const ATTEMPTS_MAX = 3;

/**
 * Reads a whole table and checks every row.
 *
 * @throws TableError when a row can't be read, has no key, or has the same key as another row; when the file is too large, or
 *   keeps changing while it is read
 */
export async function readTable(plan: TablePlan): Promise<Table> {
  for (let attempt = 1; ; attempt++) {
    const before = statsOf(plan);
    const outcome = await readOnce(plan).catch((error: unknown) => error);
    if (hasChanged(before, statsOf(plan))) {
      if (attempt < ATTEMPTS_MAX) continue;
      throw new TableError('broken', `${plan.file} is written to while it is read`, 'replace it in one step, by mv');
    }
    if (outcome instanceof Table) return outcome;
    if (outcome instanceof SourceError) throw new TableError('broken', outcome.message);
    throw outcome;
  }
}

async function readOnce(plan: TablePlan): Promise<Table> {
  const { file, format } = plan;
  refuseSealedPath(file);
  const builder = new TableBuilder(plan);
  const source = openSource(file, {
    lineBytesMax: Math.min(ROW_BYTES_MAX, plan.bytesMax),
    follow: false,
    format: INPUT_FORMATS.find(({ name }) => name === format),
  });
  for await (const block of source.blocks(new AbortController().signal)) {
    if (block.kind === 'overlong') builder.refuseOverlong(block.lineBytes);
    else builder.add(block.bytes);
  }
  return builder.end();
}

/** @throws TableError when the file is missing, empty or too large, or is not a regular file: reading a pipe would block */
function statsOf({ file, bytesMax }: TablePlan): Stats {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) throw new TableError('missing', `no file ${file}`);
  if (!stats.isFile()) throw new TableError('broken', `${basename(file)} is not a regular file`);
  if (stats.size === 0) throw new TableError('broken', `${basename(file)} is empty`);
  if (stats.size > bytesMax) {
    const message = `${basename(file)} has ${stats.size} bytes, the limit of a table is ${bytesMax} (max_bytes)`;
    throw new TableError(
      'broken',
      message,
      'raise max_bytes, or leave out the columns and rows that no script asks for',
    );
  }
  return stats;
}

function hasChanged(before: Stats, after: Stats): boolean {
  return before.ino !== after.ino || before.size !== after.size || before.mtimeMs !== after.mtimeMs;
}
