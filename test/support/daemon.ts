import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scratch, startCli } from './cli.js';

/** A line of the daemon's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface TestDaemon {
  readonly cwd: string;
  readonly url: string;
  readonly child: ChildProcess;
  /** What it said on stderr so far. */
  said(): readonly LogLine[];
  /** Resolves when it has said something with these words. */
  says(words: string | RegExp): Promise<LogLine>;
  /**
   * Sends the signal and resolves with the exit code, or the signal that ended it: once its output is closed, because what stands
   * around it, such as unshare, may end before it does.
   */
  end(signal?: NodeJS.Signals): Promise<number | string>;
}

/**
 * Starts the built daemon on a free port, in a folder of its own.
 *
 * @param config what the config says, but for server and state_dir
 */
export async function startDaemon(
  config: string,
  options: {
    cwd?: string;
    server?: string;
    args?: readonly string[];
    env?: Readonly<Record<string, string>>;
    input?: string;
    machine?: string;
    network?: string;
  } = {},
): Promise<TestDaemon> {
  const cwd = options.cwd ?? scratch();
  writeFileSync(
    join(cwd, 'colloquium.yaml'),
    `server: { port: 0, ${options.server ?? ''} }\nstate_dir: ./state\n${config}`,
  );
  const { env, machine, network } = options;
  const child = startCli(['serve', ...(options.args ?? [])], {
    cwd,
    ...(env && { env }),
    ...(machine && { machine }),
    ...(network && { network }),
  });
  if (options.input !== undefined) child.stdin?.end(options.input);
  return await daemonOf(child, cwd).ready;
}

/** What a started daemon says, and the daemon once it takes events. */
export function daemonOf(
  child: ChildProcess,
  cwd: string,
): Pick<TestDaemon, 'says'> & { readonly ready: Promise<TestDaemon> } {
  let text = '';
  let rest = '';
  const lines: LogLine[] = [];
  const heard = new EventEmitter().setMaxListeners(0);
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    const whole = (rest + chunk.toString()).split('\n');
    rest = whole.pop() ?? '';
    lines.push(...whole.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine));
    heard.emit('more');
  });
  child.stdout?.resume();
  let isOver = false;
  const ended = once(child, 'close').then(([code, signal]) => {
    isOver = true;
    heard.emit('more');
    return (code ?? signal) as number | string;
  });

  const says = async (words: string | RegExp): Promise<LogLine> => {
    for (;;) {
      const line = lines.find(({ msg }) => (typeof words === 'string' ? msg.includes(words) : words.test(msg)));
      if (line !== undefined) return line;
      if (isOver) throw new Error(`it ended without saying ${String(words)}:\n${text}`);
      await once(heard, 'more');
    }
  };
  const ready = says('listening').then(({ url }) => ({
    cwd,
    url: String(url),
    child,
    said: () => [...lines],
    says,
    async end(signal: NodeJS.Signals = 'SIGTERM') {
      child.kill(signal);
      return await ended;
    },
  }));
  return { says, ready };
}

/** Sends one event as JSON. */
export function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
}

/** Sends lines as NDJSON. */
export function postLines(
  url: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return post(url, body, { 'content-type': 'application/x-ndjson', ...headers });
}

/** A test that waits so long would be ended without a word of what it has waited for. */
const PATIENCE_MS = 290_000;

/** Waits until a condition holds. One that reads a file which is not there yet does not hold. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  const holds = async (): Promise<boolean> => {
    try {
      return await condition();
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
      throw error;
    }
  };
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await sleep(10);
  }
}
