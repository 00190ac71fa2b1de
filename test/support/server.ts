import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Log, nodeWorld, type LogOptions } from '../../src/log/index.js';
import {
  Feed,
  healthOf,
  openMetrics,
  readinessOf,
  startServer,
  TapHub,
  type AccessRules,
  type ServerOptions,
  type ServerPlan,
} from '../../src/server/index.js';
import { packageFolder, scratch } from './cli.js';

export interface TestServer {
  readonly url: string;
  readonly log: Log;
  readonly bugs: readonly unknown[];
  /** The stored events, as they are read back. */
  stored(): Promise<StoredLine[]>;
  /** Opens a bare connection. */
  socket(): Promise<Conversation>;
  close(): Promise<void>;
}

export interface StoredLine {
  readonly id: string;
  readonly timestamp: number;
  readonly data: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The line itself. */
  readonly line: string;
}

const OPEN: AccessRules = { open: 'anyhow', configured: [], created: new Map() };

/** The server in this process, over a real log. */
export async function testServer(
  changes: {
    readonly settings?: Partial<ServerPlan>;
    readonly log?: Partial<LogOptions>;
    readonly server?: Partial<ServerOptions>;
    readonly folder?: string;
  } = {},
): Promise<TestServer> {
  const world = nodeWorld();
  const log = await Log.open(world, {
    folder: changes.folder ?? join(scratch(), 'data'),
    durability: 'os',
    segmentBytesMax: 10 << 20,
    pack: false,
    keys: true,
    memoryRecordsMax: 10_000,
    ...changes.log,
  });
  const settings: ServerPlan = {
    bodyBytesMax: 1 << 20,
    depthMax: 1000,
    entriesMax: 250,
    pipelines: new Set(['default', 'orders']),
    limits: { perToken: undefined, perAddress: undefined },
    stages: new Map([
      ['default', ['computo-1']],
      ['orders', ['clean', 'price']],
    ]),
    idempotencyPointer: undefined,
    ...changes.settings,
  };
  const bugs: unknown[] = [];
  const metrics = await openMetrics('0.0.0', [], world.elapsed);
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    isRecovering: () => false,
    store: () => log,
    taps: new TapHub(world.elapsed),
    dashboard: {
      file: pathToFileURL(join(packageFolder, 'dist/dashboard.html')),
      feed: new Feed(
        () => metrics.snapshot(),
        world,
        () => undefined,
        () => undefined,
      ),
      batches: () => Promise.resolve({ batches: [], open: 0 }),
      letters: {
        look: () => Promise.resolve({ letters: [], groups: [], looked: 0, whole: true }),
        preview: () => Promise.resolve({ pipelines: [], left: 0, driven_before: 0, more: false }),
        retryLetters: () =>
          Promise.resolve({ input: 0, output: 0, filtered: 0, dead_lettered: 0, left: 0, driven_before: 0 }),
      },
    },
    settings: () => settings,
    access: () => OPEN,
    audit: { action: () => undefined, refused: () => undefined, refusedMore: () => undefined },
    trustedProxies: [],
    health: () => Promise.resolve(healthOf([{ name: 'stream_engine', status: 'healthy' }], 5)),
    readiness: () => Promise.resolve(readinessOf([])),
    fleet: () => undefined,
    metrics,
    now: world.now,
    elapsed: world.elapsed,
    onDamage: () => undefined,
    onBug: (error) => bugs.push(error),
    ...changes.server,
  });
  return {
    url: server.url,
    log,
    bugs,
    async stored() {
      const lines: StoredLine[] = [];
      for await (const { bytes } of log.read({ from: { since: 0 } })) {
        for (const line of bytes.toString().split('\n').slice(0, -1)) {
          lines.push({ ...(JSON.parse(line) as StoredLine), line });
        }
      }
      return lines;
    },
    socket: () => converse(Number(new URL(server.url).port)),
    async close() {
      await server.close(100);
      await log.close();
    },
  };
}

/** A bare connection: what is sent, and what has come back. */
export interface Conversation {
  readonly socket: Socket;
  received(): string;
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>;
}

async function converse(port: number): Promise<Conversation> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  return {
    socket,
    received: () => text,
    closed: new Promise((resolve) => socket.once('close', () => resolve())),
  };
}
