import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until, type TestDaemon } from '../../support/daemon.js';

const PLACES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** For n items n^6 calls: with a thousand of them it takes longer than anybody waits. */
export const FOR_EVER = PLACES.reduce<unknown>(
  (body, name) => ['every', ['$input', '/items'], ['lambda', [name], body]],
  ['==', 1, 1],
);
const ITEMS = Array.from({ length: 1000 }, (_, n) => n);

/** Each result is a text of a megabyte: with a thousand of them there is no room. */
export const TOO_MUCH = [
  'map',
  ['$input', '/items'],
  ['lambda', ['i'], ['join', ['cons', ['$', '/i'], ['$input', '/texts']], '-']],
];
export const TEXTS = ['x'.repeat(500_000), 'y'.repeat(500_000)];

/** Answers `n`, after whatever the script does with `items`. */
export const answerAfter = (script: unknown): string =>
  JSON.stringify(['if', script, ['$input', '/n'], ['$input', '/n']]);

/** Limits that keep no script from running on. */
export const UNLIMITED = 'computo: { limits: { steps: 1000000000000000, output_size: 1000GB } }';
export const NEVER = '1h';

/** So many events, of which some are bad. */
export function events(count: number, bad: readonly number[], more: object = {}): string {
  return Array.from({ length: count }, (_, n) =>
    JSON.stringify(bad.includes(n) ? { n, items: ITEMS, ...more } : { n, items: [] }),
  ).join('\n');
}

export const allBut = (count: number, bad: readonly number[]): string =>
  Array.from({ length: count }, (_, n) => (bad.includes(n) ? '' : `${n}\n`)).join('');

export function textOf(cwd: string, file: string): string {
  const path = join(cwd, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

interface Letter {
  readonly error: { readonly kind: string; readonly message: string };
  readonly event: { readonly id: string; readonly data: { readonly n: number } };
}

export function lettersOf(cwd: string): Letter[] {
  const lines = textOf(cwd, 'dead.ndjson').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Letter);
}

export const kindsAndNumbers = (cwd: string): unknown[] =>
  lettersOf(cwd).map(({ error, event }) => [error.kind, event.data.n]);

/** The process that a daemon has started. */
export function childOf(daemon: TestDaemon): number {
  const [pid] = childrenOf(daemon);
  if (pid === undefined) throw new Error('the daemon has started no process');
  return pid;
}

export function childrenOf({ child }: TestDaemon): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits until `/health` tells of an event that is in work for long. @returns what it tells */
export async function untilLate({ url }: TestDaemon): Promise<Record<string, unknown> | undefined> {
  let engine: Record<string, unknown> | undefined;
  await until(async () => {
    const health = (await (await fetch(`${url}/health`)).json()) as { components: Record<string, unknown>[] };
    engine = health.components.find(({ name }) => name === 'stream_engine');
    return engine?.['status'] === 'degraded';
  }, 'the health is degraded');
  return engine;
}
