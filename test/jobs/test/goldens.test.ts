import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith } from '../../config/folder.js';
import { configFor, OPENAI, runIn, runSuite, told } from './suite.js';

const CONFIG = `${configFor(OPENAI)}  plain: { stages: [{ computo: '{n: /n}' }] }\n`;

it.each([
  ['./colloquium.yaml', 'the config or a case reads it'],
  ['./cases.test.yaml', 'the config or a case reads it'],
  ['./other.test.json', 'the config or a case reads it'],
  ['./in.ndjson', 'the config or a case reads it'],
  ['./link.ndjson', 'the config or a case reads it'],
  ['./cassettes/c.jsonl', 'the config or a case reads it'],
  ['../out.ndjson', 'it is not in the folder of'],
  ['./away/out.ndjson', 'it is not in the folder of'],
  ['/dev/full', 'it is not in the folder of'],
  ['./sub', 'it is not a regular file'],
  ['./notes.md', 'it is not lines of JSON'],
])('--update does not write %s', async (output, problem) => {
  const folder = await folderWith({
    'colloquium.yaml': CONFIG,
    'cases.test.yaml': `tests:
  - { name: a, pipeline: plain, input: ./in.ndjson, output: ${output} }
  - { name: b, pipeline: plain, input: [{ n: 1 }], output: ./fine.ndjson }
  - { name: c, input: [{ q: 1 }] }
`,
    'other.test.json': '{"tests":[]}\n',
    'in.ndjson': '{"n":1,"m":2}\n',
    'notes.md': '# mine\n',
    'cassettes/c.jsonl':
      '{"call":{"case":"c","row":1,"stage":"ai-1"},"provider":"it","path":"/","request":1,"status":200,"answer":1}\n',
  });
  symlinkSync(join(folder, 'in.ndjson'), join(folder, 'link.ndjson'));
  symlinkSync('/', join(folder, 'away'));
  mkdirSync(join(folder, 'sub'));
  await expect(runIn(folder, { update: true })).rejects.toThrow(problem);
  expect(readFileSync(join(folder, 'in.ndjson'), 'utf8')).toBe('{"n":1,"m":2}\n');
  expect(() => readFileSync(join(folder, 'fine.ndjson'))).toThrow('ENOENT');
});

it('--update writes the golden files of cases that pass otherwise', async () => {
  const folder = await folderWith({
    'colloquium.yaml': CONFIG,
    'colloquium.test.yaml': `tests:
  - { name: fine, pipeline: plain, input: [{ n: 1 }], output: ./golden/fine.ndjson }
  - { name: letters, pipeline: plain, input: [{ n: 1 }, 'x'], output: ./letters.ndjson }
  - { name: missing, input: [{ q: 1 }], output: ./missing.ndjson }
  - { name: expects, pipeline: plain, input: [{ n: 1 }], expect: /n == 2, output: ./expects.ndjson }
`,
    'letters.ndjson': '{"n":7}\n',
  });
  const results = await runIn(folder, { update: true });
  expect(results.map(({ name, outcome, updated }) => [name, outcome, updated])).toEqual([
    ['fine', 'passed', true],
    ['letters', 'failed', false],
    ['missing', 'failed', false],
    ['expects', 'failed', false],
  ]);
  expect(readFileSync(join(folder, 'golden/fine.ndjson'), 'utf8')).toBe('{"n":1}\n');
  expect(readFileSync(join(folder, 'letters.ndjson'), 'utf8')).toBe('{"n":7}\n');
  for (const file of ['missing', 'expects']) {
    expect(() => readFileSync(join(folder, `${file}.ndjson`)), file).toThrow('ENOENT');
  }
  // An empty file, and one with other events, may be written.
  writeFileSync(join(folder, 'golden/fine.ndjson'), '');
  expect((await runIn(folder, { update: true }))[0]).toMatchObject({ outcome: 'passed', updated: true });
});

it('a golden file that is not lines of JSON is told without the advice to overwrite it', async () => {
  const results = await runSuite({
    'colloquium.yaml': CONFIG,
    'colloquium.test.yaml': 'tests:\n  - { name: a, pipeline: plain, input: [{ n: 1 }], output: ./notes.md }\n',
    'notes.md': '# mine\n',
  });
  expect(told(results)[0]).toMatch(/^a \| failed \| the golden file .*notes\.md is not lines of JSON: /);
  expect(told(results)[0]).not.toContain('--update');
});
