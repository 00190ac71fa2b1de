/**
 * Runs the installed program again and again in one process, which saves the start of one each time: `host-main PROGRAM`, then a
 * {@link HostTask} by IPC for each run, answered by a {@link HostAnswer}. Each run loads the program anew, and has arguments, an
 * environment, a working folder and streams of its own. See host.ts.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import Module from 'node:module';
import { Socket } from 'node:net';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import vm from 'node:vm';

/** One command line. */
export interface HostTask {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input: string | Uint8Array;
}

/** What came of it. */
export interface HostAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  /** Whether nothing is left of it: nothing open, and nothing that is still to happen. */
  readonly isClean: boolean;
}

/** How often is looked whether what a run has closed is gone, some milliseconds apart. */
const LOOKS = 10;

const STDIN = 0;

/** Thrown where the process would end. */
class Ended extends Error {}

type Listener = (...args: unknown[]) => void;

const program = process.argv[2] ?? '';
const pipe = namedPipe();
const timers = new Set<NodeJS.Timeout>();
let end: (exit: number) => void = () => undefined;
let said: Buffer[] = [];

process.exit = (code) => {
  end(Number(code ?? process.exitCode ?? 0));
  throw new Ended();
};
process.on('unhandledRejection', crash).on('uncaughtException', crash);
process.on('message', (task: HostTask) => void run(task).then((answer) => process.send?.(answer)));
vm.Script = keepingCompiled(vm.Script);
globalThis.setTimeout = remembering(globalThis.setTimeout);
globalThis.setInterval = remembering(globalThis.setInterval);
const own = { listeners: allListeners(), resources: process.getActiveResourcesInfo().length, files: openFiles() };

async function run({ args, cwd, env, input: bytes }: HostTask): Promise<HostAnswer> {
  const input = pipeIn(bytes);
  const printed: Buffer[] = [];
  said = [];
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!Object.hasOwn(env, name)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
  process.argv = [process.execPath, program, ...args];
  process.exitCode = undefined;
  replaceStream('stdin', () => new Socket({ fd: STDIN, readable: true, writable: false }));
  replaceStream('stdout', () => collecting(printed));
  replaceStream('stderr', () => collecting(said));

  const ended = new Promise<number>((resolve) => (end = resolve));
  loader().load('colloquium.js');
  const exit = await ended;

  for (const [event, listener] of added()) {
    if (event === 'exit') listener(exit);
    process.off(event, listener);
  }
  for (const timer of timers) clearTimeout(timer);
  timers.clear();
  process.chdir('/');
  input.destroy();
  // What it has not read goes with the last who holds the pipe.
  closeSync(STDIN);
  openSync(devNull, 'r');
  return { stdout: text(printed), stderr: text(said), exit, isClean: await becomesClean() };
}

/** The installed program's own, anew: Node would keep each that it is asked for. */
function loader(): { readonly load: (chunk: string) => unknown } {
  const module = new Module(program) as Module & { load: (path: string) => void; readonly exports: unknown };
  module.load(program);
  return module.exports as ReturnType<typeof loader>;
}

/** What an error that nobody catches does to a process. */
function crash(error: unknown): void {
  if (error instanceof Ended) return;
  said.push(Buffer.from(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`));
  end(1);
}

/** The same, but what is compiled once is compiled for all runs, which the files of the installed program are. */
function keepingCompiled(Script: typeof vm.Script): typeof vm.Script {
  const scripts = new Map<string, vm.Script>();
  return new Proxy(Script, {
    construct(target, [source, options]: [string, vm.ScriptOptions]) {
      const script = scripts.get(source) ?? new target(source, options);
      scripts.set(source, script);
      return script;
    },
  });
}

/** The same, but what is started can be stopped: it keeps no process from ending. */
function remembering<T extends (...args: never[]) => NodeJS.Timeout>(start: T): T {
  const started = (...args: Parameters<T>): NodeJS.Timeout => {
    const timer = start(...args);
    timers.add(timer);
    return timer;
  };
  return Object.assign(started, start);
}

function namedPipe(): string {
  const folder = mkdtempSync(join(tmpdir(), 'colloquium-host-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'stdin');
  spawnSync('mkfifo', [path]);
  return path;
}

/** Makes standard input a pipe that these bytes come from: a file that is opened gets the lowest descriptor that is free. */
function pipeIn(bytes: string | Uint8Array): Socket {
  // Who reads waits, as from any pipe, and no open waits for another.
  const both = openSync(pipe, constants.O_RDWR);
  closeSync(STDIN);
  openSync(pipe, constants.O_RDONLY);
  const fd = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
  closeSync(both);
  const writer = new Socket({ fd, readable: false, writable: true });
  writer.on('error', () => undefined);
  return writer.end(bytes);
}

/** As Node does it: made when it is first asked for. */
function replaceStream(name: 'stdin' | 'stdout' | 'stderr', make: () => unknown): void {
  let made: unknown;
  Object.defineProperty(process, name, { get: () => (made ??= make()), configurable: true });
}

function collecting(chunks: Buffer[]): Writable {
  return new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString();
}

function allListeners(): Set<Listener> {
  return new Set(process.eventNames().flatMap((event) => process.listeners(event as 'exit') as Listener[]));
}

/** The listeners that a run has left. */
function added(): [string, Listener][] {
  return process
    .eventNames()
    .flatMap((event) =>
      (process.rawListeners(event as 'exit') as Listener[])
        .filter((listener) => !own.listeners.has(listener))
        .map((listener): [string, Listener] => [String(event), listener]),
    );
}

function openFiles(): string {
  return readdirSync('/proc/self/fd').join();
}

async function becomesClean(): Promise<boolean> {
  for (let look = 0; look < LOOKS; look++) {
    if (process.getActiveResourcesInfo().length <= own.resources && openFiles() === own.files) return true;
    await sleep(look);
  }
  return false;
}
