import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KINDS } from '../../../src/jobs/kinds/index.js';
import { checkPaths, loadConfig, resolvePipeline } from '../../../src/config/index.js';
import { TEMPLATES } from '../../../src/config/starter/index.js';
import { parseJson } from '../../../src/json/index.js';
import { compilePipeline } from '../../../src/pipeline/pipeline.js';
import { FILTERED } from '../../../src/pipeline/stages/index.js';
import { folderWith } from '../folder.js';

const NAMES = {
  sample: 'sample.ndjson',
  schema: './colloquium.schema.json',
  testsSchema: './colloquium.test.schema.json',
};

it.each(Object.entries(TEMPLATES))('the starter config for %s passes check', async (_, { config }) => {
  const folder = await folderWith({ 'colloquium.yaml': config(NAMES) });
  const { diagnostics } = await checkPaths([join(folder, 'colloquium.yaml')], {
    kinds: KINDS,
    env: {},
    home: '/',
    isPriced: () => true,
  });
  // That there is no key yet is worth a word.
  expect(diagnostics.filter(({ code }) => code !== 'unset-variable')).toEqual([]);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
});

it('the starter config for run works on its sample', async () => {
  const folder = await folderWith({ 'colloquium.yaml': TEMPLATES.run.config(NAMES) });
  const config = await loadConfig({ kinds: KINDS, cwd: folder, env: {}, home: '/' });
  if (config === undefined) throw new Error('not found');
  const { plan } = await resolvePipeline(config, 'default');
  const run = compilePipeline({ ...plan, outputs: [] });
  const outputs = TEMPLATES.run.sample
    .trimEnd()
    .split('\n')
    .map((line) => {
      const data = run.transform(parseJson(line), null);
      return data === FILTERED ? 'filtered' : data;
    });
  expect(outputs).toEqual([
    { id: 1, what: 'shop: order placed', level: 'info' },
    'filtered',
    { id: 3, what: 'billing: card declined', level: 'error' },
    { id: 4, what: 'search: query took 12 ms', level: 'info' },
  ]);
});

it('every commented-out line of the starter config for run is a valid setting', async () => {
  const text = TEMPLATES.run
    .config(NAMES)
    .split('\n')
    .map((line) => (/^\s*# (?:-|\s|[a-z_]+:)/.test(line) && !/^# [A-Z"(]/.test(line) ? line.replace('# ', '') : line))
    .join('\n');
  const folder = await folderWith({ 'colloquium.yaml': text });
  const { diagnostics } = await checkPaths([join(folder, 'colloquium.yaml')], {
    kinds: KINDS,
    env: { OPENAI_API_KEY: 'x' },
    home: '/',
    isPriced: () => true,
  });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(text).toContain('\nai_providers:\n  openai:\n    api_key:');
  expect(text).toContain('\n      - ai:\n');
});
