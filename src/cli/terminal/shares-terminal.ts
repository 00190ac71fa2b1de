import { readdirSync, readlinkSync } from 'node:fs';
import { hasCode } from '../../files/index.js';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

/** A pipeline of more programs is taken to end on the terminal. */
const PROGRAMS_MAX = 20;

/**
 * Whether results may appear on the terminal that standard error is, because standard output is that terminal, or a pipe whose last
 * program writes to it, as in `colloquium … | jq`. Redrawn lines would overwrite them.
 */
export function sharesTerminal(): boolean {
  if (process.stdout.isTTY) return true;
  const terminal = targetOf('self', STDERR);
  let target = targetOf('self', STDOUT);
  // Without /proc nobody can say.
  if (terminal === undefined || target === undefined) return true;
  if (!isPipe(target)) return target === terminal;
  const readers = readersOfPipes();
  for (let n = 0; n < PROGRAMS_MAX && isPipe(target); n++) {
    const next = readers.get(target);
    // Its reader is somebody else's process, or reads it elsewhere than from standard input.
    if (next === undefined) return true;
    target = next;
  }
  return isPipe(target) || target === terminal;
}

/** Where the programs that read pipes write to, by pipe. */
function readersOfPipes(): ReadonlyMap<string, string> {
  const readers = new Map<string, string>();
  for (const name of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue;
    const input = targetOf(name, STDIN);
    if (input === undefined || !isPipe(input)) continue;
    const output = targetOf(name, STDOUT);
    if (output !== undefined && output !== input) readers.set(input, output);
  }
  return readers;
}

function isPipe(target: string): boolean {
  return target.startsWith('pipe:') || target.startsWith('socket:');
}

/** What a descriptor of a process is open on; undefined if that can't be known. */
function targetOf(processId: string, descriptor: number): string | undefined {
  try {
    return readlinkSync(`/proc/${processId}/fd/${descriptor}`);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM', 'ESRCH')) return undefined;
    throw error;
  }
}
