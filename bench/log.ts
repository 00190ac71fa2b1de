/**
 * The log by itself: events a second for single appends and for batches, and reading back. Run with
 * `node --experimental-strip-types` from Node 22 on, or bundle it: `npx esbuild bench/log.ts --bundle --platform=node
 * --format=esm | node --input-type=module - [folder]`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log, LOG_START, nodeWorld, openLogReader } from '../src/log/index.js';

const SECONDS = Number(process.env['SECONDS'] ?? 2);
const DATA = JSON.stringify({ sensor: 'a-17', value: 12.75, unit: 'C', tags: ['indoor', 'lab'], note: 'x'.repeat(40) });
const ENTRY = { data: DATA, metadata: '{"source":"http","pipeline":"default","retry_count":0}' };

const root = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'log-bench-'));
try {
  for (const durability of ['fsync', 'os'] as const) {
    for (const [appenders, perAppend] of [
      [1, 1],
      [64, 1],
      [64, 100],
    ] as const) {
      await measure(durability, appenders, perAppend);
    }
  }
} finally {
  await rm(root, { recursive: true });
}

async function measure(durability: 'fsync' | 'os', appenders: number, perAppend: number): Promise<void> {
  const folder = join(root, `${durability}-${appenders}-${perAppend}`);
  let syncs = 0;
  let syncMs = 0;
  const onSync = ({ durationMs }: { readonly durationMs: number }): void => {
    syncs += 1;
    syncMs += durationMs;
  };
  const log = await Log.open(nodeWorld(), {
    folder,
    durability,
    segmentBytesMax: 100_000_000,
    pack: false,
    memoryRecordsMax: 10_000,
    hooks: { onSync },
  });
  const entries = Array.from({ length: perAppend }, () => ENTRY);
  const start = performance.now();
  const deadline = start + SECONDS * 1000;
  let stored = 0;
  await Promise.all(
    Array.from({ length: appenders }, async () => {
      while (performance.now() < deadline) {
        const receipt = await log.append(entries);
        stored += receipt.stored;
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  await log.close();

  const readStart = performance.now();
  let read = 0;
  for await (const block of openLogReader(nodeWorld(), folder).read({ from: LOG_START })) read += block.records;
  const readSeconds = (performance.now() - readStart) / 1000;
  if (read !== stored) throw new Error(`${read} records read of ${stored}`);
  console.log(
    `${durability}, ${appenders} × ${perAppend}: ${rate(stored, seconds)} events/s stored` +
      (syncs > 0 ? `, ${rate(syncs, seconds)} syncs/s of ${((syncMs / syncs) * 1000).toFixed(0)} µs` : '') +
      `; ${rate(read, readSeconds)} events/s read`,
  );
}

function rate(count: number, seconds: number): string {
  return Math.round(count / seconds).toLocaleString('en');
}
