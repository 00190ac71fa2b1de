import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/jobs/kinds/index.js';
import { checkPaths, sampleOf, type Sample } from '../../../src/config/index.js';
import { folderWith } from '../folder.js';

const lines = [
  '{"id": 1, "user": {"name": "a"}}',
  '',
  'not json',
  '\ufeff{"id": "x", "user": {"name": "b", "age": 3}}',
];

function sample(from: readonly string[] = lines): Sample {
  const found = sampleOf('events.ndjson', from);
  if (found === undefined) throw new Error('no events');
  return found;
}

async function check(files: Record<string, string>, path: string, samplePipeline?: string): Promise<string[]> {
  const folder = await folderWith(files);
  const options = {
    kinds: KINDS,
    env: {},
    home: '/',
    isPriced: () => true,
    sample: sample(),
    ...(samplePipeline && { samplePipeline }),
  };
  const { diagnostics } = await checkPaths([join(folder, path)], options);
  return diagnostics.map(
    ({ line, column, severity, message, hint }) => `${line}:${column} ${severity} ${message}; ${hint ?? ''}`,
  );
}

describe('a sample of events', () => {
  it('counts what is JSON, and no more than a thousand', () => {
    expect(sample().events).toBe(2);
    expect(sample(Array<string>(3000).fill('{}')).events).toBe(1000);
    expect(sampleOf('nothing', ['', 'x'])).toBeUndefined();
  });

  it('shows what the first stage cannot read', async () => {
    const text =
      'pipelines:\n  default:\n    stages:\n      - computo: ["obj", "n", ["$input", "/user/nmae"], "a", ["$input", "/user/age"]]\n      - computo: ["$input", "/m"]\n';
    expect(await check({ 'colloquium.yaml': text }, 'colloquium.yaml')).toEqual([
      '4:31 warning no event of events.ndjson has "/user/nmae"; did you mean "name"?',
      '5:18 error there can be no "/m": the value has only "n", "a"; ',
    ]);
  });

  it('holds for the pipeline that it is for', async () => {
    const text = 'pipelines:\n  a: {stages: [computo: ["$input", "/x"]]}\n  b: {stages: [computo: ["$input", "/x"]]}\n';
    expect(await check({ 'colloquium.yaml': text }, 'colloquium.yaml', 'b')).toEqual([
      '3:25 warning no event of events.ndjson has "/x"; ',
    ]);
  });

  it('holds for a script file', async () => {
    expect(await check({ 's.json': '["$input", "/ID"]' }, 's.json')).toEqual([
      '1:1 warning no event of events.ndjson has "/ID"; did you mean "id"?',
    ]);
  });

  it('says nothing about objects whose keys are data', async () => {
    const table = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`key${index}`, index]));
    const folder = await folderWith({ 's.json': '["$input", "/byKey/key1000"]' });
    const options = {
      kinds: KINDS,
      env: {},
      home: '/',
      isPriced: () => true,
      sample: sample([JSON.stringify({ byKey: table })]),
    };
    expect((await checkPaths([join(folder, 's.json')], options)).diagnostics).toEqual([]);
  });
});
