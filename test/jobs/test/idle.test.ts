import { expect, it } from 'vitest';
import { configFor, OPENAI, runSuite, told } from './suite.js';

it('what never comes into play fails its case', async () => {
  const results = await runSuite({
    'colloquium.yaml': configFor(OPENAI),
    'colloquium.test.yaml': `tests:
  - { name: used, input: [{ q: 1 }], ai: { answers: [{ when: /q == 1, text: x }] }, faults: [{ is: 500 }] }
  - { name: beyond, input: [{ q: 1 }], ai: { answers: [{ text: x }] }, faults: [{ is: 500 }, { is: 500, row: 2 }] }
  - { name: never, input: [{ q: 1 }], ai: { answers: [{ text: x }] }, faults: [{ is: 500, row: 1 }, { is: 500, row: 1, provider: it, stage: ai-1, times: 9 }, { is: cut off }] }
  - { name: unfit, input: [{ q: 1 }], ai: { answers: [{ when: /q == 2, text: x }, { text: y }, { when: /q == 1, text: z }] } }
  - { name: vague, input: [{ q: 1 }], ai: { answers: [{ when: /q, text: x }] }, dead_letters: [{}] }
`,
  });
  expect(told(results).map((one) => one.split(' | ').slice(0, 4))).toEqual([
    ['used', 'passed'],
    ['beyond', 'failed', 'faults[1]: it never happens: the input has no row 2'],
    ['never', 'failed', 'faults[2]: it never happens: no request fits it', expect.stringContaining('1 dead letter')],
    [
      'unfit',
      'failed',
      'ai.answers[0]: it is never given: no call fits its condition',
      'ai.answers[2]: it is never given: no call fits its condition',
    ],
    ['vague', 'failed', 'row 1, stage ai-1: a condition fails: it gives 1, not true or false'],
  ]);
});

it('a fault at a stage that asks no provider is refused', async () => {
  const suite = runSuite({
    'colloquium.yaml': configFor(OPENAI),
    'colloquium.test.yaml': 'tests:\n  - { name: a, input: [], faults: [{ is: 500, stage: ai-2 }] }\n',
  });
  await expect(suite).rejects.toThrow('the case "a" has a fault at a stage "ai-2", and its pipeline asks no provider');
});

it('a script for every event needs an event, unless none is expected', async () => {
  const none = '\n  none: { stages: [{ filter: /q == 9 }] }\n';
  const results = await runSuite({
    'colloquium.yaml': configFor(OPENAI) + none,
    'colloquium.test.yaml': `tests:
  - { name: lost, pipeline: none, input: [{ q: 1 }], expect: /q == 1 }
  - { name: empty, pipeline: none, input: [{ q: 1 }], expect: /q == 1, output: [] }
  - { name: letters, pipeline: none, input: ['x'], expect: /q == 1, dead_letters: [{}] }
`,
  });
  expect(told(results)).toEqual([
    'lost | failed | expect: no event finished; output: [] says that none is to',
    'empty | passed',
    'letters | passed',
  ]);
});

it('a bound on the cost fails where the cost is unknown', async () => {
  const unpriced = configFor(OPENAI).replace(/cost_per_token: \{.*?\}, /, '');
  const suite = {
    'colloquium.test.yaml':
      'tests:\n  - { name: a, input: [{ q: 1 }], ai: { answers: [{ text: x }] }, cost: { at_most: 1 } }\n',
  };
  expect(told(await runSuite({ ...suite, 'colloquium.yaml': unpriced }))).toEqual([
    'a | failed | cost: it is unknown, an attempt is at a model without a price: give it cost_per_token',
  ]);
  expect(told(await runSuite({ ...suite, 'colloquium.yaml': configFor(OPENAI) }))).toEqual(['a | passed']);
});

it('now without an offset is UTC, and a day that does not exist is refused', async () => {
  const suite = (now: string) => ({
    'colloquium.yaml': `${configFor(OPENAI)}  timed: { stages: [{ computo: '{at: $inputs/1/timestamp}' }] }\n`,
    'colloquium.test.yaml': `tests:\n  - { name: a, pipeline: timed, input: [1], now: '${now}', output: [{ at: 1772323200000 }] }\n`,
  });
  for (const now of ['2026-03-01', '2026-03-01T00:00', '2026-03-01 00:00:00.000', '2026-03-01T01:00:00+01:00']) {
    expect(told(await runSuite(suite(now))), now).toEqual(['a | passed']);
  }
  for (const now of ['2026-02-31', '2026-02-31T00:00:00Z', '2026', 'March 1, 2026', '2026-03-01T25:00', '1960-01-01']) {
    await expect(runSuite(suite(now)), now).rejects.toThrow('a moment like 2026-01-01T00:00:00Z');
  }
});

it('outputs are named by as much of their paths as tells them apart', async () => {
  const config = `
pipelines:
  default:
    routing_key: /k
    outputs:
      - { file: ./a/x.ndjson, when: a }
      - { file: ./b/x.ndjson, when: b }
      - { file: ./c/y.csv, format: csv, columns: [k], when: c }
      - { file: ./c/y.ndjson, when: d }
      - { file: ./z.ndjson.gz, otherwise: true }
`;
  const results = await runSuite({
    'colloquium.yaml': config,
    'colloquium.test.yaml': `tests:
  - name: a
    input: [{ k: a }, { k: b }, { k: c }, { k: d }, { k: e }]
    outputs: { a/x: [{ k: a }], b/x: [{ k: b }], y.csv: [{ k: c }], y.ndjson: [{ k: d }], z: [{ k: e }] }
`,
  });
  expect(told(results)).toEqual(['a | passed']);
});
