import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { nodeWorld, openReadOnlyLog } from '../../../src/log/index.js';
import { partNames } from '../../../src/sinks/index.js';
import { scratch } from '../../support/cli.js';
import { post, postLines, startDaemon, until } from '../../support/daemon.js';

interface Numbered {
  readonly c: number;
  readonly n: number;
}

/** Small files, so that kills hit rotation and packing, too. */
const CONFIG = `
storage: { max_file_size: 8KB, gzip: true }
pipelines:
  default:
    outputs: [{ file: ./out/events.ndjson, rotate_size: 1KB, gzip: true }]
`;

const CLIENTS = 6;
/** Acknowledged events between two kills, at most. */
const ACKNOWLEDGED_MAX = 300;

/** Everything in the output. */
function outputOf(cwd: string): Numbered[] {
  for (;;) {
    try {
      return readOutput(cwd);
    } catch (error) {
      // A part was packed between the look for it and the reading.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}

/** Its parts in order, then the file. */
function readOutput(cwd: string): Numbered[] {
  const path = join(cwd, 'out/events.ndjson');
  if (!existsSync(path)) return [];
  const names = partNames(path);
  const parts = readdirSync(names.folder).flatMap((file) => {
    const parsed = names.parse(file);
    return parsed === undefined ? [] : [{ ...parsed, file: join(names.folder, file) }];
  });
  // While a part is replaced by its packed form both may be there.
  const byNumber = new Map(
    parts.sort((a, b) => a.number - b.number || Number(a.packed) - Number(b.packed)).map((part) => [part.number, part]),
  );
  const texts = [...byNumber.values()].map(({ file, packed }) =>
    String(packed ? gunzipSync(readFileSync(file)) : readFileSync(file)),
  );
  const lines = [...texts, readFileSync(path, 'utf8')].join('').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Numbered);
}

/**
 * A client that sends numbered events, one after the other, until the daemon is gone. Notes what was acknowledged. Every
 * second one names a key: what got no answer it sends again to the next daemon, and has it stored once.
 */
async function send(url: string, c: number, next: { n: number }, acknowledged: Set<string>): Promise<void> {
  const isBatching = c % 3 === 0;
  const isKeyed = c % 2 === 0;
  for (;;) {
    const count = isBatching ? 7 : 1;
    const events = Array.from({ length: count }, (_, i): Numbered => ({ c, n: next.n + i }));
    const key: Record<string, string> = isKeyed ? { 'idempotency-key': `${c}-${next.n}` } : {};
    if (!isKeyed) next.n += count;
    try {
      const response = isBatching
        ? await postLines(`${url}/events`, events.map((event) => JSON.stringify(event)).join('\n'), key)
        : await post(`${url}/events`, events[0], key);
      await response.arrayBuffer();
      if (isKeyed) next.n += count;
      if (response.status === 202) for (const event of events) acknowledged.add(JSON.stringify(event));
    } catch {
      return;
    }
  }
}

/**
 * Kills the daemon at random moments while clients post to it, then checks: every acknowledged event is in the output, none
 * is there twice, each client's are in their order, and the log is whole.
 */
export async function killRun(kills: number, random: () => number): Promise<void> {
  const cwd = scratch();
  const acknowledged = new Set<string>();
  const next = Array.from({ length: CLIENTS }, () => ({ n: 0 }));

  for (let kill = 0; kill < kills; kill++) {
    const daemon = await startDaemon(CONFIG, { cwd });
    const clients = next.map((counter, c) => send(daemon.url, c, counter, acknowledged));
    const enough = acknowledged.size + 1 + random() * ACKNOWLEDGED_MAX;
    await until(() => acknowledged.size >= enough, 'some are acknowledged');
    await daemon.end('SIGKILL');
    await Promise.all(clients);
  }

  const daemon = await startDaemon(CONFIG, { cwd });
  await post(`${daemon.url}/events`, { c: -1, n: 0 });
  await until(() => outputOf(cwd).some(({ c }) => c === -1), 'the last event is in the output');
  expect(await daemon.end()).toBe(0);

  const output = outputOf(cwd);
  const texts = output.map((event) => JSON.stringify(event));
  expect(new Set(texts).size, 'no event twice').toBe(texts.length);
  const there = new Set(texts);
  expect(
    [...acknowledged].filter((event) => !there.has(event)),
    'acknowledged and not there',
  ).toEqual([]);
  for (let c = 0; c < CLIENTS; c++) {
    const numbers = output.filter((event) => event.c === c).map(({ n }) => n);
    expect(numbers, 'in order').toEqual(numbers.toSorted((a, b) => a - b));
  }
  const findings: string[] = [];
  await openReadOnlyLog(nodeWorld(), join(cwd, 'data')).verify(({ message }) => findings.push(message));
  expect(findings).toEqual([]);
}
