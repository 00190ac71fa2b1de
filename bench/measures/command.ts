import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Command } from '../contestants/contestant.js';

/** How often a running process is asked for its memory. */
const MEMORY_EVERY_MS = 20;

/** Runs a command, and then tells what processor time it took, on its last line of standard error. */
const TIMED = '"$0" "$@"; code=$?; times >&2; exit $code';

/** One run of a program. */
export interface Run {
  readonly seconds: number;
  /** Of all processors together, user and system: what others on the machine do hardly shows in it. */
  readonly cpuSeconds: number;
  /** The most memory that it held, in MB; undefined where the system does not tell. */
  readonly peakMb: number | undefined;
}

/**
 * Runs a command to its end.
 *
 * @throws Error when it fails
 */
export async function runCommand({ file, args, stdin, stdout }: Command): Promise<Run> {
  const input = stdin === undefined ? undefined : openSync(stdin, 'r');
  const output = stdout === undefined ? undefined : openSync(stdout, 'w');
  const started = performance.now();
  const stdio = [input ?? 'ignore', output ?? 'ignore', 'pipe'] as const;
  const child = spawn('sh', ['-c', TIMED, file, ...args], { stdio: [...stdio] });
  let complaint = '';
  child.stderr?.on('data', (text: Buffer) => (complaint += text.toString()));
  let peakMb: number | undefined;
  const watch = setInterval(() => (peakMb = peakOf(child.pid) ?? peakMb), MEMORY_EVERY_MS);
  const code = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watch);
  for (const fd of [input, output]) if (fd !== undefined) closeSync(fd);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${String(code)}: ${complaint.slice(0, 2000)}`);
  return { seconds, cpuSeconds: cpuSecondsIn(complaint), peakMb };
}

/** User and system time of the shell's children: the last line of `times`, such as `0m1.23s 0m0.45s`. */
function cpuSecondsIn(output: string): number {
  const times = output.trimEnd().split('\n').at(-1) ?? '';
  return [...times.matchAll(/([0-9]+)m([0-9.]+)s/g)].reduce((sum, [, m, s]) => sum + 60 * Number(m) + Number(s), 0);
}

/** Of the program that the shell runs. */
function peakOf(shell: number | undefined): number | undefined {
  try {
    const pid = readFileSync(`/proc/${shell ?? ''}/task/${shell ?? ''}/children`, 'utf8').trim();
    const kilobytes = /VmHWM:\s+([0-9]+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    // Gone already, or not a system that tells.
    return undefined;
  }
}
