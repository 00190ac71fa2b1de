import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { slopeOf, type Reading } from './slope.js';
import { tallyOutputs } from './tally.js';

const EVENTS_PER_SECOND = 2000;
const BATCHES_PER_SECOND = 10;
/** One event in so many fails at first. */
const FAILING = 500;
const CHANGE_EVERY_S = 10;
const READ_MEMORY_EVERY_S = 5;
/** The first part of the time is for warming up: compiled code, caches, the events that are kept in memory. */
const WARM_UP_SHARE = 0.25;
const MB = 1 << 20;

/** Goes through all pairs of items: with so many of them about as long as the limits let a script work. */
const SLOW = `[every, [$input, /items], [lambda, [i], [every, [$input, /items], [lambda, [k], ['!=', [$, /i], -1]]]]]`;
const SLOW_ITEMS = 700;
const SLOW_EVERY_S = 2;

/**
 * Lets a daemon work for long, as in production: events all the time, files that rotate, a config that changes, dead letters
 * that are driven again, a dashboard and a tap that look on. Prints how its memory grew, and which events were lost or came twice.
 *
 * @returns whether none did
 */
export async function soak(root: string, folder: string, minutes: number): Promise<boolean> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeConfig(folder, 'strict');
  const daemon = await startDaemon(root, folder);
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  say(`soak: ${minutes} min at ${EVENTS_PER_SECOND} events/s`);

  const ending = new AbortController();
  const onlookers = ['/dashboard/feed', '/tap'].map((path) => lookOn(daemon.url + path, ending.signal));
  const memory: Reading[] = [];
  const heap: Reading[] = [];
  /** How long the event loop was held up, milliseconds: of each span between two readings the 99th percentile. */
  const delays: number[] = [];
  const tally = { sent: 0, slow: 0, reloads: 0, drives: 0, driven: 0, refused: 0 };
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1000;
  const isOver = (): boolean => elapsed() >= minutes * 60;

  const send = async (): Promise<void> => {
    for (let batch = 0; !isOver(); batch++) {
      await sleep(Math.max(0, (batch / BATCHES_PER_SECOND - elapsed()) * 1000));
      const count = EVENTS_PER_SECOND / BATCHES_PER_SECOND;
      const lines = Array.from({ length: count }, (_, i) => eventLine(tally.sent + i)).join('');
      // Sent until it is taken: the key keeps it from being stored twice.
      while (!(await post(daemon.url, lines, String(batch)))) tally.refused += 1;
      tally.sent += count;
    }
  };
  const sendSlow = async (): Promise<void> => {
    const event = JSON.stringify({ items: Array.from({ length: SLOW_ITEMS }, (_, n) => n) });
    for (; !isOver(); tally.slow += 1) {
      await post(daemon.url, `${event}\n`, `slow ${tally.slow}`, 'slow');
      await sleep(SLOW_EVERY_S * 1000);
    }
  };
  const change = async (): Promise<void> => {
    for (let round = 1; !isOver(); round++) {
      await sleep(CHANGE_EVERY_S * 1000);
      writeConfig(folder, round % 2 === 0 ? 'strict' : 'lenient');
      await daemon.says('taken over', (tally.reloads += 1));
      if (round % 2 === 1) await drive();
    }
  };
  const drive = async (): Promise<void> => {
    const response = await fetch(`${daemon.url}/dead-letters/redrive`, { method: 'POST' });
    if (!response.ok) throw new Error(`re-drive: ${response.status} ${await response.text()}`);
    tally.driven += ((await response.json()) as { readonly input: number }).input;
    tally.drives += 1;
  };
  const measure = async (): Promise<void> => {
    while (!isOver()) {
      await sleep(READ_MEMORY_EVERY_S * 1000);
      memory.push({ seconds: elapsed(), bytes: residentBytes(daemon.child) });
      const { oldHeapBytes, delayMs } = await metricsOf(daemon.url);
      heap.push({ seconds: elapsed(), bytes: oldHeapBytes });
      delays.push(delayMs);
    }
  };
  await Promise.all([send(), sendSlow(), change(), measure()]);

  const seconds = elapsed();
  writeConfig(folder, 'lenient');
  daemon.child.kill('SIGHUP');
  await sleep(2000);
  await drive();
  ending.abort();
  const looks = await Promise.all(onlookers);
  daemon.child.kill('SIGTERM');
  const [exit] = (await once(daemon.child, 'close')) as [number | null];
  const { lost, twice } = await tallyOutputs(join(folder, 'out'), tally.sent);

  const megabytes = (bytes: number): string => (bytes / MB).toFixed(1);
  const growth = (readings: readonly Reading[]): string => {
    const steady = readings.filter((one) => one.seconds >= minutes * 60 * WARM_UP_SHARE);
    const [first, last] = [steady[0]?.bytes ?? 0, steady.at(-1)?.bytes ?? 0].map(megabytes);
    return `${first} MB after warm-up, ${last} MB at the end; slope ${megabytes(slopeOf(steady) * 3600)} MB an hour`;
  };
  say(
    `  sent       ${tally.sent} events, ${Math.round(tally.sent / seconds)} a second, ${tally.refused} requests put off`,
  );
  say(`  reloads    ${tally.reloads}; re-drives ${tally.drives}, of ${tally.driven} dead letters`);
  say(`  seen       ${megabytes(looks[0] ?? 0)} MB by the dashboard, ${megabytes(looks[1] ?? 0)} MB by the tap`);
  say(`  memory     ${growth(memory)}`);
  say(`  old heap   ${growth(heap)}`);
  const sorted = delays.toSorted((a, b) => a - b).map((ms) => `${Math.round(ms)} ms`);
  say(
    `  held up    p99 ${sorted[sorted.length >> 1]} in the median of ${READ_MEMORY_EVERY_S} s, ${sorted.at(-1)} in the worst`,
  );
  say(`  slow       ${tally.slow} events of a script that works as long as it may`);
  say(`  lost       ${lost}; twice ${twice}; exit code ${exit}`);
  return lost === 0 && twice === 0 && exit === 0;
}

function eventLine(n: number): string {
  return n % FAILING === 0 ? `{"n":${n},"broken":true}\n` : `{"n":${n},"text":"an event of the soak"}\n`;
}

/** @param way `strict` fails on broken events, `lenient` mends them */
function writeConfig(folder: string, way: 'strict' | 'lenient'): void {
  const text = way === 'strict' ? '[$input, /text]' : 'mended';
  writeFileSync(
    join(folder, 'colloquium.yaml'),
    `server: { port: 0 }
state_dir: ./state
storage: { disk_path: ./data, max_file_size: 20MB }
pipelines:
  default:
    stages: [{ computo: [obj, n, [$input, /n], text, ${text}] }]
    outputs: [{ file: ./out/events.ndjson, rotate_size: 5MB, gzip: true }]
    dead_letter: ./out/dead.ndjson
  slow:
    stages: [{ computo: ${SLOW} }]
    outputs: [{ file: ./out/slow.ndjson }]
    dead_letter: ./out/slow-dead.ndjson
`,
  );
}

interface SoakedDaemon {
  readonly child: ChildProcess;
  readonly url: string;
  /** Resolves when it has said something so many times. */
  says(words: string, times: number): Promise<void>;
}

async function startDaemon(root: string, folder: string): Promise<SoakedDaemon> {
  const child = spawn(process.execPath, [join(root, 'bin/colloquium.js'), 'serve'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const says = async (words: string, times: number): Promise<void> => {
    while (said.split(words).length <= times) {
      if (child.exitCode !== null) throw new Error(`the daemon has ended:\n${said}`);
      await sleep(20);
    }
  };
  await says('"msg":"listening"', 1);
  return { child, url: /"url":"([^"]+)"/.exec(said)?.[1] ?? '', says };
}

async function post(url: string, body: string, key: string, pipeline = 'default'): Promise<boolean> {
  const headers = { 'content-type': 'application/x-ndjson', 'idempotency-key': key };
  const response = await fetch(`${url}/events/${pipeline}`, { method: 'POST', headers, body });
  await response.arrayBuffer();
  if (response.status === 202) return true;
  await sleep(1000);
  return false;
}

/** Reads a stream until it is told to end. @returns how many bytes came */
async function lookOn(url: string, signal: AbortSignal): Promise<number> {
  let bytes = 0;
  try {
    const { body } = await fetch(url, { signal });
    for await (const chunk of body ?? []) bytes += (chunk as Uint8Array).length;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return bytes;
}

interface ReadMetrics {
  /** What lives long on its heap, garbage that was not collected yet included. */
  readonly oldHeapBytes: number;
  /** The 99th percentile since the last reading. */
  readonly delayMs: number;
}

async function metricsOf(url: string): Promise<ReadMetrics> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return {
    oldHeapBytes: Number(/^nodejs_heap_space_size_used_bytes\{space="old"\} (\S+)$/m.exec(page)?.[1]),
    delayMs: Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(page)?.[1]) * 1000,
  };
}

function residentBytes({ pid }: ChildProcess): number {
  // Its own memory, without the pages of files that it has mapped, which the system takes back when it needs them.
  const status = readFileSync(`/proc/${pid ?? 'self'}/status`, 'utf8');
  return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}
