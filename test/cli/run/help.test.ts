import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bin, runCli, scratch } from '../../support/cli.js';

const EVENTS = Array.from(
  { length: 40 },
  (_, n) => `{"id":${n % 30},"type":"${'abc'[n % 3] ?? ''}","score":0.${n % 10},"lang":"en","user_id":"u${n % 2}"}\n`,
).join('');

/** What the examples read. */
const FILES: Readonly<Record<string, string | Buffer>> = {
  'tweets.ndjson': '{"id":1,"user":{"name":"Ada"}}\n',
  'events.ndjson': EVENTS,
  'events.gz': gzipSync(EVENTS),
  'orders.ndjson': '{"items":[{"sku":"tea","n":2},{"sku":"cup","n":1}]}\n{"items":[]}\n',
  'orders.csv': 'id,total\n1,9.50\n',
  'users.csv': 'id,name\nu0,Ada\nu1,Bo\n',
  'app.log': '2026-01-31 boom\n  at a.js:1\n2026-01-31 fine\n',
  'in.ndjson': EVENTS,
  'clean.computo': '{/id}\n',
  'day-1.ndjson.gz': gzipSync(EVENTS),
  'colloquium.yaml': `
scripts: { clean.computo: '{/id}' }
ai_providers: { openai: { api_key: none, cost_per_token: { input: 0.001, output: 0.001 } } }
state_dir: ./state
pipelines:
  orders: { stages: [{ filter: /score > 0.5 }] }
  label:
    stages:
      - ai:
          request: '{model: "gpt-4o-mini", max_tokens: 5, messages: [{role: "user", content: /type}]}'
          into: /label
`,
};

/** These ask a provider, or come to no end. */
const LEFT_OUT = /--sample |--follow |--model |--lane /;

const examples = (help: string): readonly string[] =>
  [...help.matchAll(/^ {4}(\S.*\bcolloquium .*)$|^ {4}(colloquium .*)$/gm)].map(([line]) => line.trim());

describe('colloquium run --help', () => {
  it('has an example of each flag that looks across events, and each of its examples runs', async () => {
    const { stdout } = await runCli(['run', '--help']);
    const all = examples(stdout);
    for (const flag of ['--explode', '--sample-rate', '--dedupe', '--count-by'])
      expect(
        all.some((example) => example.includes(`${flag} `)),
        flag,
      ).toBe(true);
    const env = { PATH: `${dirname(bin)}:${process.env['PATH'] ?? ''}` };
    for (const example of all.filter((one) => !LEFT_OUT.test(one))) {
      const cwd = scratch();
      for (const [name, content] of Object.entries(FILES)) writeFileSync(join(cwd, name), content);
      const ran = spawnSync('sh', ['-c', example], { cwd, env: { ...env, HOME: cwd }, encoding: 'utf8' });
      expect([ran.status, example], ran.stderr).toEqual([0, example]);
      expect(ran.stdout + ran.stderr, example).toMatch(/[1-9]\d* in, .*\d+ out|\d+ calls/);
    }
  });
});
