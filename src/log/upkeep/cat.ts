import { basename, dirname } from 'node:path';
import { HEADER_BYTES, isSealedFile } from '../../crypt/index.js';
import type { Disk } from '../disk/disk.js';
import { readWhole } from '../disk/whole.js';
import { isSegmentForm, parseSegmentFile } from '../format/segment-name.js';
import { readHead } from '../head/head-file.js';
import { endsEarly } from '../head/head-loss.js';
import { LogError } from '../log-error.js';
import type { LogWorld } from '../log-world.js';
import { truncation } from '../read/segment-blocks.js';
import { listSegments } from '../segment/folder.js';
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

/** What is wrong with a file, in words. */
export interface CatTalk {
  /** Told of each place that can't be read; reading goes on behind it. */
  readonly onDamage: (message: string) => void;
  /** Told if nothing says whether the file ends where it was written up to. */
  readonly onOpenEnd: (message: string) => void;
}

/** How the end of a file that has none is told, where nothing else knows whether it is one. */
export const OPEN_END = 'no end frame: it is still written to, its writer was killed, or its end was cut off';

/**
 * The content of one file of a log or of a backup, decrypted and unpacked: lines with their checksums.
 *
 * @throws KeyError; LogError `refused` for a file that is not a log's
 */
export async function* catFile({ disk }: LogWorld, path: string, talk: CatTalk): AsyncGenerator<Buffer, void, void> {
  const parsed = parseSegmentFile(basename(path));
  if (parsed === undefined || parsed.kind === 'index') {
    throw new LogError('refused', `${path}: not a file of a log with events, by its name`);
  }
  const { kind, name } = parsed;
  // First, because a writer may go on meanwhile.
  const known = await knownEnd(disk, dirname(path), name.number);
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
    yield* contentOf(source, talk.onDamage);
    await reportFindings(source, talk.onDamage);
    if (source.isTruncated && (source.packed || !(await source.sealed?.isEnded())))
      await reportEnd(source, known, talk);
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
}

/** What a log's folder knows of the end of one of its files. */
interface KnownEnd {
  /** Whether another segment follows. */
  readonly finished: boolean;
  /** Of the log's last segment, up to where it was acknowledged, and which log that is. */
  readonly acknowledged: { readonly offset: number; readonly log: string } | undefined;
}

async function knownEnd(disk: Disk, folder: string, number: number): Promise<KnownEnd> {
  const { end, log } = (await readHead(disk, folder))?.value ?? {};
  const last = Math.max(end?.segment ?? 0, (await listSegments(disk, folder)).at(-1)?.number ?? 0);
  const acknowledged = end?.segment === number && log !== undefined ? { offset: end.offset, log } : undefined;
  return { finished: number < last, acknowledged };
}

async function reportEnd(
  source: SegmentSource,
  { finished, acknowledged }: KnownEnd,
  { onDamage, onOpenEnd }: CatTalk,
): Promise<void> {
  const { path, sealed } = source;
  const size = await source.size();
  const problem = await truncation(source, finished);
  if (problem !== undefined) onDamage(`${path}: byte ${size}: ${problem}`);
  else if (acknowledged === undefined || sealed?.header?.log !== acknowledged.log) onOpenEnd(`${path}: ${OPEN_END}`);
  else if (size < acknowledged.offset) onDamage(`${path}: byte ${size}: ${endsEarly(`byte ${acknowledged.offset}`)}`);
}
