import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectNats, type NatsLink } from '../src/nats/index.js';
import { startNatsServer } from '../test/support/nats-server.js';
import type { Bench } from './section.js';
import { startServer, type StartedServer } from './started-server.js';

/** The subject that the daemons' results go to, and the stream that keeps them. */
export const RESULTS = 'results';
const POLL_MS = 100;

/** Daemons that share the work through a NATS server, all on this machine. */
export interface FleetScene {
  readonly link: NatsLink;
  /** Sends lines to the first daemon; resolves when as many results are out. */
  work(lines: readonly string[]): Promise<void>;
  /** Results a second from one to another, counted from 1 in the order in which they came out; by the server's clock. */
  rate(first: number, last: number): Promise<number>;
  end(): Promise<void>;
}

/** @param config of each daemon, but for where it keeps things */
export async function openFleet({ root, folder }: Bench, daemons: number, config: object): Promise<FleetScene> {
  const own = `${folder}fleet/`;
  rmSync(own, { recursive: true, force: true });
  const server = await startNatsServer();
  const link = await connectNats({ urls: [server.url], name: 'bench' }, Date.now);
  await link.jsm.streams.add({ name: RESULTS, subjects: [RESULTS], storage: 'file' });
  const started: StartedServer[] = [];
  for (let index = 0; index < daemons; index++) {
    const place = `${own}${index}/`;
    mkdirSync(place, { recursive: true });
    const kept = { server: { port: 0 }, storage: { disk_path: './data' }, state_dir: './state' };
    writeFileSync(`${place}config.json`, JSON.stringify({ ...kept, nats: { url: server.url }, ...config }));
    const args = ['serve', '--join', server.url, '-c', `${place}config.json`];
    started.push(await startServer([`${root}bin/colloquium.js`, ...args]));
  }
  const timeOf = async (sequence: number): Promise<number> => {
    const message = await link.jsm.streams.getMessage(RESULTS, { seq: sequence });
    if (message === null) throw new Error(`no result ${sequence}`);
    return message.time.getTime();
  };
  return {
    link,
    async work(lines) {
      const headers = { 'content-type': 'application/x-ndjson' };
      await fetch(new URL('/events', started[0]?.url), { method: 'POST', headers, body: lines.join('\n') });
      while ((await link.jsm.streams.info(RESULTS)).state.messages < lines.length) await sleep(POLL_MS);
    },
    rate: async (first, last) => (1000 * (last - first)) / ((await timeOf(last)) - (await timeOf(first))),
    async end() {
      await Promise.all(started.map((daemon) => daemon.stop()));
      await link.close();
      await server.end();
    },
  };
}
