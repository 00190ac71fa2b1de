import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';

const isHere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
const MISSING = ['mlr', 'jq'].filter((program) => !isHere(program));

const EVENTS = Array.from({ length: 500 }, (_, n) => ({
  id: (n * 37) % 90,
  k: 'abcde'[(n * n * n) % 5],
  n: (n * 7919) % 1009,
}));
const INPUT = `${EVENTS.map((event) => JSON.stringify(event)).join('\n')}\n`;

const AGGREGATE =
  'aggregate: { by: { k: /k }, values: { count: count, sum: { sum: /n }, min: { min: /n }, ids: { distinct: /id } } }';

/** What a peer prints, and the stages that print the same. */
const CASES: readonly (readonly [what: string, peer: readonly string[], stages: readonly string[]])[] = [
  [
    'counts, sums and different values by key',
    [
      'jq',
      '-sc',
      'group_by(.k)[] | {k: .[0].k, count: length, sum: map(.n) | add, min: map(.n) | min, ids: map(.id) | unique | length}',
    ],
    [AGGREGATE],
  ],
  [
    'the first of equal ones',
    ['mlr', '--json', '--jvstack', '--jlistwrap', 'head', '-n', '1', '-g', 'id'],
    ['dedupe: /id'],
  ],
  [
    'running sums by key',
    ['mlr', '--json', 'step', '-a', 'rsum', '-f', 'n', '-g', 'k'],
    ["fold: { by: /k, start: 0, step: '[$inputs/2 + /n, merge($input, {n_rsum: $inputs/2 + /n})]' }"],
  ],
  [
    'differences by key',
    ['mlr', '--json', 'step', '-a', 'delta', '-f', 'n', '-g', 'k'],
    ["fold: { by: /k, step: '[/n, merge($input, {n_delta: /n - ($inputs/2 ?? /n)})]' }"],
  ],
  [
    'the greatest by key',
    ['mlr', '--json', 'top', '-n', '3', '-f', 'n', '-g', 'k', '-a', 'then', 'sort', '-f', 'k'],
    ['aggregate: { by: { k: /k }, values: { top: { top: 3, by: /n } } }', 'explode: /top'],
  ],
  ['each tenth', ['mlr', '--json', 'decimate', '-n', '10'], ['every: 10']],
];

it.skipIf(MISSING.length > 0).each(CASES)(
  `makes %s as others do${MISSING.length === 0 ? '' : ` (skipped: no ${MISSING.join(', ')})`}`,
  async (_, peer, stages) => {
    const cwd = scratch();
    const written = stages.map((stage) => `      - ${stage}\n`).join('');
    writeFileSync(join(cwd, 'colloquium.yaml'), `pipelines:\n  p:\n    stages:\n${written}`);
    const [program = '', ...args] = peer;
    const theirs = spawnSync(program, args, { input: INPUT, encoding: 'utf8' });
    expect(theirs.stderr).toBe('');
    const ours = await runCli(['run', '-p', 'p'], { cwd, input: INPUT });
    expect(ours.exit, ours.stderr).toBe(0);
    const read = (text: string): unknown[] =>
      text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]));
    const expected = program === 'mlr' ? (JSON.parse(theirs.stdout) as unknown[]) : read(theirs.stdout);
    expect(expected.length).toBeGreaterThan(4);
    expect(read(ours.stdout)).toEqual(expected);
  },
);
