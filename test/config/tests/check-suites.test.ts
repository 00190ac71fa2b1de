import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkPaths } from '../../../src/config/index.js';
import { KINDS } from '../../../src/jobs/kinds/index.js';
import { folderWith } from '../folder.js';

async function findings(files: Readonly<Record<string, string>>, path: string): Promise<readonly string[]> {
  const folder = await folderWith(files);
  const { diagnostics } = await checkPaths([join(folder, path)], {
    kinds: KINDS,
    env: {},
    home: '/',
    isPriced: () => true,
  });
  return diagnostics.map(({ file, line, column, code, message, hint }) =>
    [`${file.slice(folder.length + 1)}:${line}:${column} ${code}: ${message}`, hint].filter((one) => one).join(' — '),
  );
}

const CONFIG = `pipelines:
  default:
    stages: [{ computo: /a }]
tests:
  - { name: x, input: [1], outptu: [1] }
`;

const TESTS = `test: []
tests:
  - name: a
    input: [{ text: '\${NOT_A_VARIABLE}' }]
    pipline: default
  - { name: b, input: ./none.ndjson, pipeline: defualt }
  - { name: b, input: [1], faults: [{ is: 429 }, { is: time-out }], cost: { at_most: -1 } }
  - { name: c, input: [1], ai: { answers: [{ text: x, json: 1 }] } }
  - { name: c!, input: [1], expect: ['list.summ(/a)'] }
  - { name: d, input: [1], breakers: { openai: closed, opnai: shut }, now: soon }
  - { name: C, input: [1] }
  - { input: [1] }
  - { name: e, input: [1], breakers: { nobody: open } }
`;

it('check reads test cases as it reads the config: where, what, and what was meant', async () => {
  const files = { 'colloquium.yaml': CONFIG, 'colloquium.test.yaml': TESTS, 'other.yaml': 'tests: of another tool\n' };
  const expected = [
    'colloquium.test.yaml:1:1 unknown-key: unknown key "test" — did you mean "tests"?',
    'colloquium.test.yaml:5:5 unknown-key: unknown key "pipline" in tests[0] — did you mean "pipeline"?',
    'colloquium.test.yaml:6:23 file-not-found: no file FOLDER/none.ndjson',
    'colloquium.test.yaml:6:48 unknown-pipeline: no pipeline "defualt" in the config — did you mean "default"?',
    'colloquium.test.yaml:7:56 invalid-value: tests[2].faults[1].is: expected an HTTP status like 500 or 429 rate_limit_exceeded, or one of: connection refused, connection reset, timeout before send, timeout after send, cut body, broken json, refusal, cut off, content filter, no usage, wrong usage, got "time-out"',
    'colloquium.test.yaml:7:86 invalid-value: tests[2].cost.at_most: expected an amount in US dollars, like 0.001, got -1',
    'colloquium.test.yaml:8:44 invalid-value: tests[3].ai.answers[0]: an answer is one of text, json and error',
    "colloquium.test.yaml:9:39 unknown-operator: there is no operator 'list.summ' in the current dialect — Did you mean 'list.sum'?",
    'colloquium.test.yaml:10:63 invalid-value: tests[5].breakers.opnai: expected closed, open, half-open or down, got "shut"',
    'colloquium.test.yaml:10:76 invalid-value: tests[5].now: expected a moment like 2026-01-01T00:00:00Z, got "soon"',
    'colloquium.test.yaml:11:5 repeated-name: its cassette has the name of that of "c!": c — give one of them ai: { cassette: NAME }',
    'colloquium.test.yaml:12:5 missing-key: tests[7].name: missing: expected a name',
    'colloquium.test.yaml:13:48 unknown-provider: no AI provider "nobody" in the config',
    'colloquium.yaml:5:28 unknown-key: unknown key "outptu" in tests[0] — did you mean "output"?',
  ];
  const shown = (found: readonly string[]) =>
    found.map((one) => one.replace(/no file \S*\/none/, 'no file FOLDER/none'));
  expect(shown(await findings(files, 'colloquium.yaml'))).toEqual(expected);
  expect(shown(await findings(files, 'colloquium.test.yaml'))).toEqual(expected);
});

it('a test file without a config, and one that is no map, are told', async () => {
  expect(await findings({ 'a.test.yaml': 'tests: []\n' }, 'a.test.yaml')).toEqual([
    'a.test.yaml:1:1 file-not-found: no config is found that these tests could be for',
  ]);
  const files = { 'colloquium.yaml': 'pipelines: { default: { stages: [] } }\n', 'a.test.json': '{"tests": {}}' };
  expect(await findings(files, '.')).toEqual([
    'a.test.json:1:11 invalid-value: tests: expected a list of test cases, got a map',
  ]);
});
