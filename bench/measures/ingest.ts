import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { CASES } from '../cases.js';
import { dataFile } from '../data/events.js';
import { postRequest, sendLoad } from '../load.js';
import type { Bench, Section } from '../section.js';
import { startServer } from '../started-server.js';
import { median } from './rounds.js';

const SECONDS = 2;
const EVENTS = 20_000;

/** How events come in. */
const WAYS = [
  { name: 'one event a request, 64 connections', perRequest: 1, connections: 64 },
  { name: '1,000 lines a request, 4 connections', perRequest: 1000, connections: 4 },
] as const;

type Way = (typeof WAYS)[number];

/** A server to be started, and where it puts what went through its pipeline. */
interface Server {
  readonly name: string;
  readonly args: readonly string[];
  readonly output?: string;
  /** Removed before each start. */
  readonly folder?: string;
}

/** Events over HTTP into the daemon: stored durably before each answer, and processed. */
export async function measureIngest(bench: Bench): Promise<Section> {
  const lines = readFileSync(dataFile(bench.folder, 'event', EVENTS), 'utf8')
    .trimEnd()
    .split('\n');
  const servers: readonly Server[] = [
    { name: 'node:http that only answers', args: [`${bench.root}bench/contestants/http-floor.mjs`] },
    daemon(bench, 'stores', false),
    daemon(bench, 'stores and processes', true),
  ];
  const table = [['', 'events a second', 'speed, of node:http', 'processed a second, until all are out']];
  for (const way of WAYS) {
    const rounds = new Map<Server, Figures[]>(servers.map((server) => [server, []]));
    for (let round = 0; round < bench.rounds; round++) {
      for (const [server, figures] of rounds) figures.push(await measure(server, way, lines));
    }
    const [base = []] = rounds.values();
    for (const [server, figures] of rounds) {
      table.push([
        `${server.name}: ${way.name}`,
        rate(median(figures.map(({ taken }) => taken))),
        `${Math.round(100 * median(figures.map(({ taken }, round) => taken / (base[round]?.taken ?? Number.NaN))))} %`,
        server.output === undefined ? '–' : rate(median(figures.map(({ processed }) => processed))),
      ]);
    }
  }
  return {
    title: 'Taking events in',
    notes: [
      `\`serve\` over HTTP on this machine, the client beside it, ${SECONDS} seconds each; events of about 240 bytes. Each answer`,
      'means that the events are on the disk. Processed: through the projection, into a file.',
    ].join('\n'),
    table,
  };
}

/** Events a second. */
interface Figures {
  readonly taken: number;
  readonly processed: number;
}

async function measure(server: Server, { perRequest, connections }: Way, lines: readonly string[]): Promise<Figures> {
  if (server.folder !== undefined) rmSync(server.folder, { recursive: true, force: true });
  const { url, stop } = await startServer(server.args);
  const type = perRequest === 1 ? 'application/json' : 'application/x-ndjson';
  const requests = [];
  for (let at = 0; at < lines.length; at += perRequest) {
    requests.push(postRequest(url, '/events', type, lines.slice(at, at + perRequest).join('\n')));
  }
  const started = performance.now();
  const { answered, seconds } = await sendLoad({ url, requests, connections, seconds: SECONDS });
  await stop();
  const wholeSeconds = (performance.now() - started) / 1000;
  const output = server.output === undefined ? '' : readFileSync(server.output, 'latin1');
  return { taken: (answered * perRequest) / seconds, processed: linesIn(output) / wholeSeconds };
}

function daemon({ root, folder }: Bench, name: string, processes: boolean): Server {
  const own = `${folder}serve-${processes ? 'all' : 'store'}/`;
  const config = `${folder}serve-${processes ? 'all' : 'store'}.config.json`;
  const output = `${own}out.ndjson`;
  const stages = CASES.find((task) => task.name === 'projection')?.stages;
  mkdirSync(own, { recursive: true });
  writeFileSync(
    config,
    JSON.stringify({
      server: { port: 0 },
      storage: { disk_path: `${own}data` },
      state_dir: `${own}state`,
      ...(processes && { pipelines: { default: { stages, outputs: [{ file: output }] } } }),
    }),
  );
  const args = [`${root}bin/colloquium.js`, 'serve', '-c', config];
  return { name: `colloquium ${name}`, args, folder: own, ...(processes && { output }) };
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function rate(perSecond: number): string {
  return Math.round(perSecond).toLocaleString('en');
}
