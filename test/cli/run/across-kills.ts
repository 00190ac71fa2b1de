import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runCli, scratch, type CliResult } from '../../support/cli.js';
import { preloaded } from './model/real-world.js';

const EVENTS = 1200;

/** Takes long enough that a run makes checkpoints on its way. */
const SLOWLY = "computo: 'merge($input, {n: /n + 0, slow: list.sum(list.range(30000))})'";

/** Stages that keep something in mind, each by itself, and all of them. */
export const PIPELINES: Readonly<Record<string, readonly string[]>> = {
  dedupe: ['{ dedupe: /id, within: 300 events }', SLOWLY],
  fold: ["fold: { by: /k, start: 0, step: '[$inputs/2 + /n, {/k, n: $inputs/2 + /n}]' }", SLOWLY],
  batch: [
    'batch: { size: 7, by: /k }',
    "computo: '{ns: map($input, x => x/n + 1), slow: list.sum(list.range(90000))}'",
  ],
  throttle: ['every: 2', '{ throttle: 100/1h, by: /id, burst: 1 }', SLOWLY],
  aggregate: [
    SLOWLY,
    'aggregate: { by: { k: /k }, every: 10s, time: /t, late: 2s, values: { n: count, sum: { sum: /n }, d: { distinct: /id }, q: { quantile: [/n, 0.5] }, top: { top: 2, by: /id } } }',
  ],
  sessions: [
    SLOWLY,
    'aggregate: { by: { k: /k }, session: 3s, time: /t, late: 2s, values: { n: count, first: { first: /n } } }',
  ],
  mix: [
    "explode: '[merge($input, {part: 0}), merge($input, {part: 1, n: /n + 0})]'",
    '{ dedupe: "[/id, /part]", within: 400 events }',
    "fold: { by: /k, start: 0, step: '[$inputs/2 + 1, merge($input, {nth: $inputs/2 + 1})]' }",
    SLOWLY,
    'batch: { size: 5, by: /k }',
    "computo: 'map($input, x => {k: x/k, nth: x/nth, t: x/t, n: x/n + 1})'",
    'explode: $input',
    'aggregate: { by: { k: /k }, every: 10s, time: /t, late: 20s, values: { n: count, sum: { sum: /nth } } }',
  ],
};

function input(): string {
  const lines = Array.from({ length: EVENTS }, (_, n) =>
    JSON.stringify({
      id: (n * 7) % 500,
      k: 'abcd'[n % 4],
      n: n % 97 === 13 ? 'no' : n,
      t: 1_700_000_000_000 + n * 100 + ((n * 31) % 7) * 400 + Math.floor(n / 40) * 4000,
      pad: 'x'.repeat(900),
    }),
  );
  return `${lines.join('\n')}\n`;
}

/** A folder where a pipeline can run over these events. */
export function prepared(pipeline: string): string {
  const cwd = scratch();
  const stages = (PIPELINES[pipeline] ?? []).map((stage) => `      - ${stage}\n`).join('');
  writeFileSync(join(cwd, 'colloquium.yaml'), `pipelines:\n  p:\n    stages:\n${stages}`);
  writeFileSync(join(cwd, 'in.ndjson'), input());
  return cwd;
}

/** @param killAt it is killed before it changes a file for the nth time */
export function run(cwd: string, killAt?: number): Promise<CliResult> {
  const args = [
    'run',
    '-p',
    'p',
    'in.ndjson',
    '-o',
    'out/o.ndjson',
    '--rotate',
    '20KB',
    '--dead-letter',
    'dead',
    '--resume',
  ];
  const killing =
    killAt === undefined ? {} : { KILL_AT: String(killAt), NODE_OPTIONS: `--import=file://${preloaded()}` };
  return runCli([...args, '--no-progress'], { cwd, env: killing });
}

/** What the outputs hold: all parts in their order, and of each dead letter what does not depend on the time. */
export function written(cwd: string): { readonly out: string; readonly dead: readonly unknown[] } {
  const parts = readdirSync(join(cwd, 'out')).sort();
  const dead = readFileSync(join(cwd, 'dead'), 'utf8').split('\n').slice(0, -1);
  return {
    out: parts.map((name) => readFileSync(join(cwd, 'out', name), 'utf8')).join(''),
    dead: dead.map((line) => {
      const {
        error,
        event,
        line: at,
      } = JSON.parse(line) as { error: unknown; event: { data: unknown }; line: unknown };
      return { error, data: event.data, at };
    }),
  };
}

/** Kills a run at some of its changes of files, one kill after the other, and lets the last one end. */
export async function expectTheSame(pipeline: string, kills: readonly number[]): Promise<number> {
  const undisturbed = prepared(pipeline);
  expect((await run(undisturbed)).exit).toBe(3);
  const expected = written(undisturbed);
  expect(expected.out.length).toBeGreaterThan(100);
  const cwd = prepared(pipeline);
  let killed = 0;
  for (const at of kills) {
    const { exit, stderr } = await run(cwd, at);
    // One that came to its end before has left nothing to fail.
    if (exit !== 'SIGKILL') expect([0, 3], stderr).toContain(exit);
    killed += exit === 'SIGKILL' ? 1 : 0;
  }
  const last = await run(cwd);
  expect([0, 3], last.stderr).toContain(last.exit);
  expect(written(cwd)).toEqual(expected);
  return killed;
}
