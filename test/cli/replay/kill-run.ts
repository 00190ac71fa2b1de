import { existsSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { resultOf, scratch, startCli } from '../../support/cli.js';
import { postLines, startDaemon, until, type TestDaemon } from '../../support/daemon.js';

const LETTERS_PER_ROUND = 20;

/** An event fails when it comes for the first time, and goes through when it is retried. */
const CONFIG = `
pipelines:
  default:
    stages: [{ computo: ["if", ["==", ["$inputs", "/1/retry_count"], 0], ["$input", "/nothing"], ["$input", "/n"]] }]
    outputs: [{ file: ./out.ndjson }]
    dead_letter: ./dead.ndjson
`;

/** Who retries dead letters, until it is killed or done. */
export type Driver = 'daemon' | 'command';

/**
 * Drives dead letters again and again, and kills who does at the nth change of the pipeline's checkpoint, for each n that is
 * given; then checks: every letter went to the output exactly once.
 */
export async function killRun(driver: Driver, changes: readonly number[]): Promise<void> {
  const cwd = scratch();
  let letters = 0;
  let daemon: TestDaemon | undefined;
  for (const nth of changes) {
    daemon ??= await startDaemon(CONFIG, { cwd });
    const lines = Array.from({ length: LETTERS_PER_ROUND }, () => `{"n":${letters++}}\n`);
    await postLines(`${daemon.url}/events`, lines.join(''));
    await until(() => linesOf(cwd, 'dead.ndjson') === letters, 'all have failed');
    if (driver === 'command') await daemon.end();
    await (driver === 'command' ? killedCommand(cwd, nth) : killedDaemon(daemon, nth));
    daemon = undefined;
  }
  daemon = await startDaemon(CONFIG, { cwd });
  const answer = await fetch(`${daemon.url}/dead-letters/redrive`, { method: 'POST' });
  expect(await answer.json()).toMatchObject({ dead_lettered: 0 });
  expect(await daemon.end()).toBe(0);
  const out = readFileSync(join(cwd, 'out.ndjson'), 'utf8').trim().split('\n').map(Number);
  expect(out.toSorted((a, b) => a - b)).toEqual(Array.from({ length: letters }, (_, n) => n));
}

async function killedDaemon(daemon: TestDaemon, nth: number): Promise<void> {
  const stopWatching = atChange(daemon.cwd, nth, () => daemon.child.kill('SIGKILL'));
  await fetch(`${daemon.url}/dead-letters/redrive`, { method: 'POST' }).catch(() => undefined);
  await daemon.end('SIGKILL');
  stopWatching();
}

async function killedCommand(cwd: string, nth: number): Promise<void> {
  const child = startCli(['replay', '--dead-letters', '--to-outputs', '--no-progress'], { cwd });
  const stopWatching = atChange(cwd, nth, () => child.kill('SIGKILL'));
  child.stdin?.end();
  await resultOf(child);
  stopWatching();
}

/** Does something when the pipeline's checkpoint is replaced for the nth time from now on. */
function atChange(cwd: string, nth: number, action: () => void): () => void {
  let seen = 0;
  const watcher = watch(join(cwd, 'state/checkpoints'), (_kind, file) => {
    if (file === null || !/^default.*\.checkpoint$/.test(file)) return;
    seen += 1;
    if (seen === nth) action();
  });
  return () => watcher.close();
}

function linesOf(cwd: string, file: string): number {
  const path = join(cwd, file);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
}
