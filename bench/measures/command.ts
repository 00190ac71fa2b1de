import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Command } from '../contestants/contestant.js';

/** How often a running process is asked for its memory. */
const MEMORY_EVERY_MS = 20;

/** One run of a program. */
export interface Run {
  readonly seconds: number;
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
  const child = spawn(file, args, { stdio: [input ?? 'ignore', output ?? 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr?.on('data', (text: Buffer) => (complaint += text.toString()));
  let peakMb: number | undefined;
  const watch = setInterval(() => (peakMb = peakOf(child.pid) ?? peakMb), MEMORY_EVERY_MS);
  const code = await new Promise((resolve, reject) => child.on('exit', resolve).on('error', reject));
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watch);
  for (const fd of [input, output]) if (fd !== undefined) closeSync(fd);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${String(code)}: ${complaint.slice(0, 2000)}`);
  return { seconds, peakMb };
}

function peakOf(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /VmHWM:\s+([0-9]+) kB/.exec(readFileSync(`/proc/${pid ?? ''}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    // Gone already, or not a system that tells.
    return undefined;
  }
}
