import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { bundleProgram } from './fake-bundle.js';
import type { HostAnswer, HostTask } from './host-main.js';

/** Where what a run leaves open can be seen. */
const SEES = existsSync('/proc/self/fd');

/** A host that has run so many makes room for another one: what they leave in memory has a bound. */
const RUNS_MAX = 200;

/** A process that runs command lines of the installed program, one after the other: see host-main.ts. */
let host: ChildProcess | undefined;
let isBusy = false;
let runs = 0;
let bundled: Promise<string> | undefined;

/**
 * Runs a command line in the host, which lives as long as the runs leave nothing behind in it.
 *
 * @param program the installed one
 * @returns undefined if the host has another one to run, or this machine can't have one: who waits could wait for himself
 */
export async function runHosted(program: string, task: HostTask): Promise<HostAnswer | undefined> {
  if (isBusy || !SEES) return undefined;
  isBusy = true;
  try {
    host ??= start(await (bundled ??= bundleProgram('test/support/host-main.ts')), program);
    const answer = await answerOf(host, task);
    runs += 1;
    if (!answer.isClean || runs === RUNS_MAX) endHost();
    return answer;
  } catch (error) {
    endHost();
    throw error;
  } finally {
    isBusy = false;
  }
}

function start(main: string, program: string): ChildProcess {
  const { PATH = '' } = process.env;
  const child = fork(main, [program], {
    env: { PATH, TZ: 'UTC', TMPDIR: tmpdir() },
    execArgv: [],
    serialization: 'advanced',
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  child.stdout?.resume();
  // It ends when the channel closes: with this process.
  child.unref();
  child.channel?.unref();
  return child;
}

async function answerOf(child: ChildProcess, task: HostTask): Promise<HostAnswer> {
  child.channel?.ref();
  try {
    return await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code, signal) =>
        reject(new Error(`the host of ${task.args.join(' ')} ended: ${code ?? signal}`)),
      );
      child.send(task);
    });
  } finally {
    child.removeAllListeners();
    child.channel?.unref();
  }
}

function endHost(): void {
  host?.kill('SIGKILL');
  host = undefined;
  runs = 0;
}
