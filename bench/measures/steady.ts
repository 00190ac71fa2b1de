import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CASES } from '../cases.js';
import { dataFile } from '../data/events.js';
import type { Bench, Section } from '../section.js';
import { startServer, type StartedServer } from '../started-server.js';

const SECONDS = 60;
const EVENTS_PER_SECOND = 1000;
const CONNECTIONS = 16;
/** Linux counts a process's time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** What the daemon takes, and how long its answers do, under a load that does not vary. */
export async function measureSteady(bench: Bench): Promise<Section> {
  const daemon = await startDaemon(bench);
  const lines = readFileSync(dataFile(bench.folder, 'event', 10_000), 'utf8')
    .trimEnd()
    .split('\n');
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const millis: number[] = [];
  const waiting: Promise<void>[] = [];
  const ticks = ticksOf(daemon.pid);
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  let rssMax = 0;
  for (let n = 0; n < SECONDS * EVENTS_PER_SECOND; n++) {
    while (n >= seconds() * EVENTS_PER_SECOND) await sleep(1);
    const due = started + (n * 1000) / EVENTS_PER_SECOND;
    // From when it was due: what a slow answer holds up counts as slow, too.
    waiting.push(
      post(new URL('/events', daemon.url), agent, lines[n % lines.length] ?? '').then(
        () => void millis.push(performance.now() - due),
      ),
    );
    if (n % EVENTS_PER_SECOND === 0) rssMax = Math.max(rssMax, rssOf(daemon.pid));
  }
  await Promise.all(waiting);
  const share = (ticksOf(daemon.pid) - ticks) / TICKS_PER_SECOND / seconds();
  await daemon.stop();
  agent.destroy();
  millis.sort((a, b) => a - b);
  const at = (part: number): string => `${(millis[Math.floor(millis.length * part)] ?? 0).toFixed(1)} ms`;
  return {
    title: 'A steady load',
    notes: [
      `\`serve\` takes ${EVENTS_PER_SECOND} events a second for ${SECONDS} seconds, one in each request, over ${CONNECTIONS} connections;`,
      'each is on the disk before its answer, and goes through the projection into a file.',
    ].join('\n'),
    table: [
      ['', 'median answer', 'p99', 'longest', 'memory at most', 'of one core'],
      ['colloquium', at(0.5), at(0.99), at(0.999999), `${Math.round(rssMax)} MB`, `${Math.round(100 * share)} %`],
    ],
  };
}

function startDaemon({ root, folder }: Bench): Promise<StartedServer> {
  const own = `${folder}serve-steady/`;
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  const stages = CASES.find((task) => task.name === 'projection')?.stages;
  writeFileSync(
    `${own}config.json`,
    JSON.stringify({
      server: { port: 0 },
      storage: { disk_path: './data' },
      state_dir: './state',
      pipelines: { default: { stages, outputs: [{ file: './out.ndjson' }] } },
    }),
  );
  const args = [`${root}bin/colloquium.js`, 'serve', '-c', `${own}config.json`];
  return startServer(args);
}

function post(url: URL, agent: Agent, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
      if (answer.statusCode !== 202) reject(new Error(`HTTP ${answer.statusCode ?? 0}`));
      answer.resume().on('end', resolve);
    });
    sent.on('error', reject).end(body);
  });
}

function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

/** In MB. */
function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
