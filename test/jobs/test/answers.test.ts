import { expect, it } from 'vitest';
import { configFor, OPENAI, runSuite, told } from './suite.js';

it('a case passes only if everything is as it says', async () => {
  const given = "pipeline: plain, input: [{ n: 1 }, { n: 2 }, 'x']";
  const cases: readonly (readonly [string, string])[] = [
    ['output: [{ m: 2 }, { m: 4 }], dead_letters: [{ line: 3, error: { kind: invalid_argument } }]', ''],
    ['dead_letters: [{ line: 3 }], outputs: { big: [{ m: 4 }], small: [{ m: 2 }] }', ''],
    ['dead_letters: [{}], expect: /m > 1', ''],
    ["dead_letters: [{}], expect: ['/m == 2', '$inputs/1/routing_key == \"big\"']", ''],
    ['output: [{ m: 2 }, { m: 5 }], dead_letters: [{ line: 3 }]', 'output: one place differs'],
    ['output: [{ m: 2 }], dead_letters: [{ line: 3 }]', 'output: one place differs'],
    ['output: [{ m: 2 }, { m: 4 }]', '1 dead letter, and none is expected'],
    ['dead_letters: [{ line: 4 }]', 'dead_letters: one place differs'],
    ['dead_letters: [{ line: 3 }, {}]', 'dead_letters: one place differs'],
    ['dead_letters: [{}], outputs: { big: [] }', 'output big: one place differs'],
    ['dead_letters: [{}], expect: /m > 2', 'expect: event 1: /m > 2 gives false, not true, of {"m":2}'],
    [
      'dead_letters: [{}], expect: /m',
      'expect: event 1: /m gives 2, not true, of {"m":2} (a comparison gives true or false) | expect: event 2: /m gives 4, not true, of {"m":4} (a comparison gives true or false)',
    ],
    ["dead_letters: [{}], expect: ['/m == 2']", 'expect: 1 event expected, 2 finished'],
    ['dead_letters: [{}], calls: 1', 'calls: differs'],
    ['dead_letters: [{}], stopped: budget', 'the run does not stop; expected it to, for budget'],
    ['dead_letters: [{}], breakers: { it: open }', 'breakers: it is expected to be open, and no stage asks it'],
    ['dead_letters: [{}], output: ./no.ndjson', 'there is no golden file'],
  ];
  const written = cases.map(([text], index) => `  - { name: c${index}, ${given}, ${text} }\n`);
  const plain = `
  plain:
    stages: [{ computo: '{m: 2 * /n}' }]
    routing_key: [if, [">", [$input, /m], 2], big, small]
    outputs: [{ file: ./big.ndjson, when: big }, { file: ./out/small.csv, format: csv, columns: [m], otherwise: true }]
`;
  const results = await runSuite({
    'colloquium.yaml': configFor(OPENAI) + plain,
    'cases.test.yaml': `tests:\n${written.join('')}`,
  });
  for (const [index, [text, problem]] of cases.entries()) {
    const [, outcome, ...problems] = (told(results)[index] ?? '').split(' | ');
    expect([outcome, problems.join(' | ').slice(0, problem.length)], text).toEqual([
      problem === '' ? 'passed' : 'failed',
      problem,
    ]);
  }
});

it('events that go to no output fail a case, and so does a run that stops', async () => {
  const lost = '\n  lost:\n    routing_key: /k\n    outputs: [{ file: ./a.ndjson, when: a }]\n';
  const tests = `tests:
  - { name: lost, pipeline: lost, input: [{ k: a }, { k: b }], output: [{ k: a }, { k: b }] }
  - { name: stopped, input: [{ q: 1 }, { q: 2 }], ai: { answers: [{ error: 401 }] } }
  - { name: spent, input: [{ q: 1 }, { q: 2 }], ai: { answers: [{ text: x, tokens: { output: 50 } }] }, stopped: budget, calls: 1 }
`;
  const results = await runSuite({
    'colloquium.yaml': configFor(OPENAI, 'cost_management: { daily_budget: 0.000199 }') + lost,
    'colloquium.test.yaml': tests,
  });
  expect(told(results)[0]).toBe('lost | failed | 1 event goes to no output');
  expect(told(results)[1]).toMatch(/^stopped \| failed \| the run stops \(provider-refused\): /);
  expect(told(results)[2]).toBe('spent | passed');
});

it('answers are chosen by the row, the stage and the request, whatever the order in which calls are made', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `{ q: ${i} }`).join(', ');
  const each = Array.from(
    { length: 40 },
    (_, i) => `'/a/response == "${i % 2 === 0 ? 'even' : 'odd'}" and /q == ${i}'`,
  ).join(', ');
  const limits = configFor(`${OPENAI}, rate_limit: { requests_per_minute: 3 }, max_concurrency: 2`);
  const results = await runSuite({
    'colloquium.yaml': limits,
    'colloquium.test.yaml': `tests:
  - name: rows
    input: [${rows}]
    ai: { answers: [{ when: '(/q % 2) == 0 and $inputs/1/stage == "ai-1" and $inputs/1/model == "m"', text: even }, { text: odd }] }
    expect: [${each}]
    calls: 40
  - name: a share of requests fails, the same ones each time
    input: [${rows}]
    ai: { answers: [{ text: yes }] }
    faults: [{ is: 500, rate: 0.25, seed: 7 }]
    expect: /a/response == "yes"
    calls: 40
    attempts: 54
  - name: no answer fits
    input: [{ q: 1 }]
    ai: { answers: [{ when: /q == 2, text: x }] }
`,
  });
  expect(told(results).slice(0, 2)).toEqual([
    'rows | passed',
    'a share of requests fails, the same ones each time | passed',
  ]);
  expect(told(results)[2]).toMatch(
    /^no answer fits \| failed \| row 1, stage ai-1: no answer of the case fits its request \| 1 dead letter/,
  );
});

it('vectors are given one by one, for each text of a stage', async () => {
  const embed = `
  vectors:
    stages: [{ embed: { model: v, input: /texts, into: /v } }]
`;
  for (const provider of [OPENAI, 'kind: google, base_url: "http://127.0.0.1:9/v1beta"']) {
    const results = await runSuite({
      'colloquium.yaml': configFor(provider) + embed,
      'colloquium.test.yaml': `tests:
  - name: vectors
    pipeline: vectors
    input: [{ texts: [a, b] }, { texts: c }]
    ai: { answers: [{ when: '/texts == "c"', json: [3, 4] }, { json: [1, 2] }] }
    output: [{ texts: [a, b], v: [[1, 2], [1, 2]] }, { texts: c, v: [3, 4] }]
`,
    });
    expect(told(results)).toEqual(['vectors | passed']);
  }
});

it('every way to bind an answer to a schema gives the same', async () => {
  for (const provider of [
    OPENAI,
    'kind: anthropic, base_url: "http://127.0.0.1:9/v1"',
    'kind: google, base_url: "http://127.0.0.1:9/v1beta"',
  ]) {
    for (const mode of ['auto', 'json_schema', 'prompt', 'tool']) {
      const results = await runSuite({
        'colloquium.yaml': configFor(provider, '', `schema: { enum: [good, bad] }, schema_mode: ${mode}`),
        'colloquium.test.yaml': `tests:
  - { name: bound, input: [{ q: 1 }], ai: { answers: [{ json: good }] }, expect: /a/response == "good", attempts: 1 }
`,
      });
      expect(told(results), `${provider} ${mode}`).toEqual(['bound | passed']);
    }
  }
});

it('what stages know of earlier events is gone after each case', async () => {
  const once = '\n  once:\n    stages: [{ dedupe: /id }]\n';
  const one = (name: string): string =>
    `  - { name: ${name}, pipeline: once, input: [{ id: 1 }, { id: 1 }, { id: 2 }], output: [{ id: 1 }, { id: 2 }] }\n`;
  const results = await runSuite({
    'colloquium.yaml': configFor(OPENAI) + once,
    'colloquium.test.yaml': `tests:\n${one('a')}${one('b')}`,
  });
  expect(told(results)).toEqual(['a | passed', 'b | passed']);
});
