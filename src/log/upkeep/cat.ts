import { basename } from 'node:path';
import { HEADER_BYTES, isSealedFile } from '../../crypt/index.js';
import { readWhole } from '../disk/whole.js';
import { isSegmentForm, parseSegmentFile } from '../format/segment-name.js';
import { LogError } from '../log-error.js';
import type { LogWorld } from '../log-world.js';
import { truncation } from '../read/segment-blocks.js';
import { packedSegment } from '../segment/packed-segment.js';
import { plainSegment } from '../segment/plain-segment.js';
import { openSealedNamed, sealedName, sealedSegment } from '../segment/sealed-segment.js';
import { DamagedRange, type SegmentSource } from '../segment/segment-source.js';

const BLOCK_BYTES = 256 << 10;

/** Whether a path leads to a file of a log with events, by its name. */
export function isLogFile(path: string): boolean {
  const parsed = parseSegmentFile(basename(path));
  return parsed !== undefined && parsed.kind !== 'index';
}

/**
 * The content of one file of a log or of a backup, decrypted and unpacked: lines with their checksums.
 *
 * @param onDamage is told of each place that can't be read, and reading goes on behind it
 * @throws KeyError; LogError `refused` for a file that is not a log's
 */
export async function* catFile(
  { disk }: LogWorld,
  path: string,
  onDamage: (message: string) => void,
): AsyncGenerator<Buffer, void, void> {
  const parsed = parseSegmentFile(basename(path));
  if (parsed === undefined || parsed.kind === 'index') {
    throw new LogError('refused', `${path}: not a file of a log with events, by its name`);
  }
  const { kind, name } = parsed;
  const file = await disk.open(path, 'read');
  try {
    const start = Buffer.alloc(HEADER_BYTES);
    const isSealed = isSealedFile(start.subarray(0, await readWhole(file, start, 0, start.length, 0)));
    let source: SegmentSource;
    if (kind === 'ndjson.gz') source = await packedSegment(path, file);
    else if (isSegmentForm(kind) && kind !== 'ndjson')
      source = await sealedSegment(
        disk,
        path,
        file,
        sealedName(name.number, kind === 'ndjson.gz.enc', undefined),
        true,
      );
    else if (isSealed) source = await openSealedNamed(disk, path, file, { kind: 'torn', number: name.number });
    else source = plainSegment(path, file);
    source.sealed?.requireKey();
    yield* contentOf(source, onDamage);
    await reportFindings(source, onDamage);
  } finally {
    await file.close();
  }
}

async function* contentOf(
  source: SegmentSource,
  onDamage: (message: string) => void,
): AsyncGenerator<Buffer, void, void> {
  for (let at = 0; ;) {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    try {
      const count = await source.read(block, 0, block.length, at);
      if (count === 0) return;
      at += count;
      yield block.subarray(0, count);
    } catch (error) {
      if (!(error instanceof DamagedRange)) throw error;
      onDamage(`${source.path}: byte ${at}: ${error.message}`);
      if (error.nextOffset === undefined) return;
      at = error.nextOffset;
    }
  }
}

async function reportFindings(source: SegmentSource, onDamage: (message: string) => void): Promise<void> {
  const { path, packed, sealed } = source;
  await sealed?.walk();
  for (const { message, offset, fileOffset } of sealed?.findings ?? [])
    onDamage(`${path}: byte ${packed ? fileOffset : offset}: ${message}`);
  const torn = await sealed?.strangeEnd();
  if (torn !== undefined) onDamage(`${path}: what follows byte ${torn} of the file is not a whole encrypted frame`);
  const problem = await truncation(source, false);
  if (problem !== undefined) onDamage(`${path}: byte ${await source.size()}: ${problem}`);
}
