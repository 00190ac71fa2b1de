import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scratch } from './cli.js';
import { freePort } from './free-port.js';

/** What to add to the title of a test that needs the server: why it is skipped, or nothing. */
export const NATS_MISSING = isInstalled()
  ? ''
  : ' (skipped: nats-server is not installed; apt-get install nats-server)';

function isInstalled(): boolean {
  try {
    execFileSync('nats-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A NATS server with JetStream as a process of its own, with streams in a folder of its own. */
export interface TestNatsServer {
  readonly url: string;
  /** It takes connections and messages, and answers nothing, until it is killed. Resolves once it has come to a stop. */
  stall(): Promise<void>;
  /** Without a word, as a machine that loses its power. */
  kill(): Promise<void>;
  /** After {@link kill}: on the same port, with the same streams. */
  start(): Promise<void>;
  end(): Promise<void>;
}

/**
 * @param config lines of its config file: whom it lets in
 * @param host the address to listen on
 * @returns once it takes connections
 */
export async function startNatsServer(config = '', host = '127.0.0.1'): Promise<TestNatsServer> {
  const port = await freePort();
  const folder = scratch();
  const file = join(folder, 'server.conf');
  writeFileSync(file, config);
  let child: ChildProcess | undefined;
  let closed: Promise<unknown> = Promise.resolve();
  const start = async (): Promise<void> => {
    const args = ['-js', '-sd', folder, '-a', host, '-p', String(port), '-c', file];
    child = spawn('nats-server', args, { stdio: 'ignore' });
    closed = once(child, 'close');
    await takesConnections(host, port, child);
  };
  const kill = async (): Promise<void> => {
    child?.kill('SIGKILL');
    await closed;
  };
  await start();
  return {
    url: `nats://${host}:${port}`,
    start,
    async stall() {
      child?.kill('SIGSTOP');
      // The signal is only on its way: a thread on another core may still answer.
      while (!hasStopped(child?.pid ?? 0)) await sleep(1);
    },
    kill,
    async end() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether no thread of a process runs any more. */
function hasStopped(pid: number): boolean {
  const threads = `/proc/${pid}/task`;
  return readdirSync(threads).every((thread) =>
    /^State:\tT/m.test(readFileSync(join(threads, thread, 'status'), 'utf8')),
  );
}

async function takesConnections(host: string, port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    const socket = connect(port, host);
    const outcome = await new Promise<boolean>((resolve) => {
      // It speaks first, and only once JetStream has its streams.
      socket.once('data', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (outcome) return;
    if (child.exitCode !== null) throw new Error(`nats-server ended with ${child.exitCode}`);
    await sleep(20);
  }
}
