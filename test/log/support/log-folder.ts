import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { KeyRing } from '../../../src/crypt/index.js';
import {
  Log,
  LOG_START,
  nodeWorld,
  openReadOnlyLog,
  type Damage,
  type LogEntry,
  type LocatedDamage,
  type LogBlock,
  type LogOptions,
  type LogReadOptions,
  type LogWorld,
} from '../../../src/log/index.js';

/** A folder of its own, gone after the test. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'log-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const METADATA = '{"source":"test","pipeline":"default","retry_count":0}';

/** As short as an entry can be, for tests that go through a log byte by byte. */
export function shortEntry(data: unknown): LogEntry {
  return { data: JSON.stringify(data), metadata: '{}' };
}

export function entry(data: unknown): LogEntry {
  return { data: JSON.stringify(data), metadata: METADATA };
}

export function optionsFor(folder: string, given: Partial<LogOptions> = {}): LogOptions {
  return { folder, durability: 'os', segmentBytesMax: 1 << 20, pack: false, memoryRecordsMax: 100, ...given };
}

/** Opens a log that is closed after the test, whatever happens. */
export async function openLog(
  folder: string,
  given: Partial<LogOptions> = {},
  world: LogWorld = nodeWorld(),
): Promise<Log> {
  const log = await Log.open(world, optionsFor(folder, given));
  onTestFinished(() => log.close());
  return log;
}

/** Writes a log with one append for each list of values, and closes it. */
export async function writeLog(
  folder: string,
  appends: readonly (readonly unknown[])[],
  given: Partial<LogOptions> = {},
  world: LogWorld = nodeWorld(),
): Promise<void> {
  const log = await Log.open(world, optionsFor(folder, given));
  for (const values of appends) await log.append(values.map(entry));
  await log.close();
}

export interface StoredEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly data: unknown;
  readonly metadata: unknown;
}

export interface Reading {
  readonly events: StoredEvent[];
  readonly damage: Damage[];
  readonly blocks: LogBlock[];
}

/** All that a reading gives. */
export async function readAll(blocks: AsyncIterable<LogBlock>): Promise<Reading> {
  const reading: Reading = { events: [], damage: [], blocks: [] };
  for await (const block of blocks) {
    reading.blocks.push(block);
    reading.damage.push(...block.damage);
    reading.events.push(...eventsOf(block));
  }
  return reading;
}

/** A block's events; fails when a line is not an event. */
export function eventsOf({ bytes, records }: Pick<LogBlock, 'bytes' | 'records'>): StoredEvent[] {
  const lines = bytes.toString('utf8').split('\n');
  if (lines.pop() !== '' || lines.length !== records) throw new Error('a block is not made of whole lines');
  return lines.map((line) => JSON.parse(line) as StoredEvent);
}

/** Reads a folder as another process would. */
export function readFolder(folder: string, options: Partial<LogReadOptions> = {}, keys?: KeyRing): Promise<Reading> {
  return readAll(openReadOnlyLog(nodeWorld(keys), folder).read({ from: LOG_START, ...options }));
}

export async function verifyFolder(folder: string, keys?: KeyRing): Promise<LocatedDamage[]> {
  const findings: LocatedDamage[] = [];
  await openReadOnlyLog(nodeWorld(keys), folder).verify((finding) => findings.push(finding));
  return findings;
}

/** The log's files with a suffix, sorted, with their content. */
export async function filesIn(folder: string, suffix: string): Promise<{ path: string; content: Buffer }[]> {
  const found = await readdir(folder, { withFileTypes: true });
  const names = found
    .filter((file) => file.isFile() && file.name.endsWith(suffix))
    .map(({ name }) => name)
    .sort();
  return Promise.all(
    names.map(async (name) => ({ path: join(folder, name), content: await readFile(join(folder, name)) })),
  );
}

/** The real world, but for syncs: they cost most of the time where a test opens a log for each byte of a file. */
export function worldWithoutSync(): LogWorld {
  const world = nodeWorld();
  const { disk } = world;
  return {
    ...world,
    disk: {
      ...disk,
      syncFolder: () => Promise.resolve(),
      open: async (path, mode) => ({ ...(await disk.open(path, mode)), datasync: () => Promise.resolve() }),
    },
  };
}

/** The real world with a clock that a test sets. */
export function worldAt(clock: { now: number }): LogWorld {
  return { ...nodeWorld(), now: () => clock.now };
}
