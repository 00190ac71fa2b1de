import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A start of the installed program. */
export interface Start {
  readonly args: readonly string[];
  /** The text of the config that it found, in YAML or JSON. */
  readonly config?: string | undefined;
  /** What a shell says of it. */
  readonly exit: number;
}

const CONFIGS = ['colloquium.yaml', 'colloquium.yml', 'colloquium.json', 'colloquium.jsonc'];

/** Where the starts of this run of the tests are written down, a line of JSON each. */
const file = join(tmpdir(), 'starts.ndjson');

/** Writes down that the program was started, once it has ended. */
export function note(child: ChildProcess, args: readonly string[], cwd: string): void {
  const config = configOf(args, cwd);
  child.once('exit', (code, signal) => {
    noteEnd({ args, config, exit: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) });
  });
}

/** Writes down a run that has ended. */
export function noteEnd(start: Start): void {
  appendFileSync(file, `${JSON.stringify(start)}\n`);
}

/** All starts that were written down so far. */
export function starts(): readonly Start[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Start);
}

/** The text of the config that a command line finds. */
export function configOf(args: readonly string[], cwd: string): string | undefined {
  const named = args.findIndex((arg) => arg === '-c' || arg === '--config');
  const path = [args[named + 1] ?? '', ...CONFIGS]
    .slice(named === -1 ? 1 : 0)
    .find((name) => existsSync(join(cwd, name)));
  if (path === undefined) return undefined;
  try {
    return readFileSync(resolve(cwd, path), 'utf8');
  } catch {
    // A folder, or not for us to read: some tests are about that.
    return undefined;
  }
}
