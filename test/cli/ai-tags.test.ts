import { expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { perTest } from '../support/per-test.js';
import { aiStage, providerOf } from './ai-stage.js';

const on = perTest(aiStage);

interface CostJson {
  readonly period: { readonly cost: number; readonly requests: number };
  readonly groups: readonly (Record<string, string | number | null> & { readonly cost: number })[];
}

async function costBy(by: string): Promise<CostJson> {
  const { stdout, stderr, exit } = await runCli(['cost', '--by', by, '--format', 'json'], { cwd: on.cwd });
  expect(exit, stderr).toBe(0);
  return JSON.parse(stdout) as CostJson;
}

it('books what calls cost under the tags of their stages, by event, and sums them up', async () => {
  const fake = await on.fake();
  const config = (team: string): string => `
ai_providers: { openai: ${providerOf(fake)} }
state_dir: ./state
pipelines:
  default:
    stages:
      - ai: { model: gpt-4o-mini, max_tokens: 60, prompt: '\${/q}', into: /a, tags: { team: ${team}, user: '\${/user}' } }
      - embed: { model: text-embedding-3-small, input: /q, into: /v, tags: '{user: if /user == "ada" then /user else null}' }
`;
  on.write('colloquium.yaml', config('search'));
  const rows = ['ada', 'bob', 'ada', null, ['x'], 'y'.repeat(257)].map((user, i) => ({ q: `row ${i}`, user }));
  on.write('in.ndjson', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const first = await on.run(['in.ndjson', '-o', 'out.ndjson', '--dead-letter', 'dead.ndjson']);
  expect(first.exit, first.stderr).toBe(3);

  // Who can't be tagged is told before anything is sent.
  const dead = on.read('dead.ndjson').trim().split('\n');
  expect(dead.map((line) => (JSON.parse(line) as { error: object }).error)).toMatchObject([
    { kind: 'ai_invalid_request', message: 'the tag user: expected a text, a number or a boolean, found a list' },
    { kind: 'ai_invalid_request', message: 'the tag user: expected at most 256 characters, found more' },
  ]);
  const asked = fake.records.flatMap(({ call }) => call.texts);
  expect(asked.sort()).toEqual([0, 1, 2, 3].flatMap((i) => [`row ${i}`, `row ${i}`]));

  // The four inputs of the other stage went in one request, and each has its part of the bill.
  const teams = await costBy('tag:team');
  expect(teams.period).toMatchObject({ requests: 8, cost: Number(fake.billed) / 1e9 });
  expect(teams.groups).toMatchObject([
    { 'tag:team': 'search', requests: 4 },
    { 'tag:team': null, requests: 4 },
  ]);
  const users = await costBy('tag:user');
  expect(new Map(users.groups.map((group) => [group['tag:user'], group['requests']]))).toEqual(
    new Map([
      ['ada', 4],
      ['bob', 1],
      [null, 3],
    ]),
  );
  for (const { groups, period } of [teams, users])
    expect(groups.reduce((sum, { cost }) => sum + cost, 0)).toBeCloseTo(period.cost, 9);
  const shown = await runCli(['cost', '--by', 'stage,tag'], { cwd: on.cwd });
  for (const [stage, tag, requests] of [
    ['ai-1', 'team=search', 4],
    ['ai-1', 'user=ada', 2],
    ['embed-1', 'user=ada', 2],
    ['embed-1', '(none)', 2],
  ] as const)
    expect(shown.stdout.replaceAll(/ +/g, ' ')).toContain(`\n${stage} ${tag} ${requests} 0 `);

  // The same request with other tags was paid for: it is answered from the journal, and nothing is booked.
  on.write('colloquium.yaml', config('sales'));
  on.write(
    'same.ndjson',
    rows
      .slice(0, 4)
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(''),
  );
  const again = await on.run(['same.ndjson', '-o', 'again.ndjson']);
  expect(again.exit, again.stderr).toBe(0);
  expect(await costBy('tag:team')).toMatchObject({ groups: teams.groups });
});
