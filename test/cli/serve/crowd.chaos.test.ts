import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { post, startDaemon, until, type TestDaemon } from '../../support/daemon.js';

/** The server takes no more connections than this. */
const CONNECTIONS_MAX = 10_000;

/** What the daemon takes of memory, in MB. */
function memoryOf(daemon: TestDaemon): number {
  const status = readFileSync(`/proc/${daemon.child.pid ?? 0}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

async function manySockets(url: string, count: number): Promise<Socket[]> {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(250, count - sockets.length) }, () => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      return socket;
    });
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    sockets.push(...some);
  }
  return sockets;
}

it('a daemon with nearly 10,000 idle connections serves on, in bounded memory, and gives them up', async () => {
  const daemon = await startDaemon('');
  await post(`${daemon.url}/events`, 0);
  const before = memoryOf(daemon);
  const sockets = await manySockets(daemon.url, CONNECTIONS_MAX - 50);
  let open = sockets.length;
  for (const socket of sockets) socket.on('close', () => (open -= 1)).resume();
  for (let n = 1; n <= 20; n++) expect((await post(`${daemon.url}/events`, n)).status).toBe(202);
  expect(memoryOf(daemon) - before).toBeLessThan(256);
  // Not one of them has sent a request.
  await until(() => open === 0, 'all are given up');
  expect(await daemon.end()).toBe(0);
});

it('a daemon turns away what is more than 10,000 connections, and takes new ones when old ones go', async () => {
  const daemon = await startDaemon('');
  const { hostname, port } = new URL(daemon.url);
  // Each is in the middle of a request: it is not given up for some time.
  const sockets = await manySockets(daemon.url, CONNECTIONS_MAX);
  for (const socket of sockets) {
    socket.write('POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n1');
  }
  const more = connect(Number(port), hostname);
  more.on('error', () => undefined);
  await once(more, 'close');
  for (const socket of sockets) socket.destroy();
  await until(async () => (await post(`${daemon.url}/events`, 1).catch(() => undefined))?.status === 202, 'it serves');
  expect(memoryOf(daemon)).toBeLessThan(512);
  expect(await daemon.end()).toBe(0);
});
