import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startFakeProvider, type FakeProvider, type FakeWireName } from '../../support/fake-provider.js';
import { folderWith } from '../../config/folder.js';
import { configFor, runIn, told } from './suite.js';

const fakes: FakeProvider[] = [];
afterEach(async () => {
  for (const fake of fakes) expect(fake.deviations).toEqual([]);
  await Promise.all(fakes.splice(0).map((fake) => fake.close()));
});

async function fakeOf(wire: FakeWireName): Promise<FakeProvider> {
  const fake = await startFakeProvider({ wire, reply: ({ texts }) => texts.join(' ') });
  fakes.push(fake);
  return fake;
}

const TESTS = `tests:
  - name: Two words, recorded!
    input: [{ q: one }, { q: two }, { q: one }]
    expect: ['/a/response == "Say one"', '/a/response == "Say two"', '/a/response == "Say one"']
    calls: 3
`;

describe.each(['openai', 'openai-compatible', 'anthropic', 'google'] as const)('cassettes of %s', (wire) => {
  it('are recorded once, hold no secret, and answer without the network', async () => {
    const fake = await fakeOf(wire);
    const [secret, header] = [fake.apiKey, 'a-header-that-nobody-may-see'];
    const provider = `kind: ${wire}, base_url: "${fake.url}", headers: { x-other-key: ${header} }`;
    const config = configFor(provider, 'state_dir: ./state').replace('"${NOT_SET}"', JSON.stringify(secret));
    const leaks = TESTS + `  - { name: leaks, input: [{ q: the key ${secret} }], calls: 1 }\n`;
    const folder = await folderWith({ 'colloquium.yaml': config, 'colloquium.test.yaml': leaks });
    expect(told(await runIn(folder, { record: 'all', maxCost: '1' }))).toEqual([
      'Two words, recorded! | passed',
      'leaks | passed',
    ]);
    expect(fake.records).toHaveLength(4);

    const path = join(folder, 'cassettes/two-words-recorded.jsonl');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8') + readFileSync(join(folder, 'cassettes/leaks.jsonl'), 'utf8');
    expect(text).not.toContain(secret);
    expect(text).not.toContain(header);
    expect(text).not.toContain('127.0.0.1');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object))).toEqual(
      Array(3).fill(['call', 'provider', 'path', 'request', 'status', 'answer']),
    );

    // Whoever has no key runs the same cases.
    writeFileSync(join(folder, 'colloquium.yaml'), config.replace(JSON.stringify(secret), '"${NOT_SET}"'));
    writeFileSync(join(folder, 'colloquium.test.yaml'), TESTS);
    expect(told(await runIn(folder))).toEqual(['Two words, recorded! | passed']);
    expect(fake.records).toHaveLength(4);
  });
});

it('a request that is not recorded fails its case, and shows how it differs from the nearest one', async () => {
  const fake = await fakeOf('openai');
  const config = configFor(`kind: openai, base_url: "${fake.url}"`, 'state_dir: ./state').replace(
    '"${NOT_SET}"',
    JSON.stringify(fake.apiKey),
  );
  const folder = await folderWith({ 'colloquium.yaml': config, 'colloquium.test.yaml': TESTS });
  await runIn(folder, { record: 'all' });
  const file = join(folder, 'cassettes/two-words-recorded.jsonl');
  const recorded = readFileSync(file, 'utf8');

  const other = TESTS.replaceAll('two', 'three');
  writeFileSync(join(folder, 'colloquium.test.yaml'), other);
  const [failed] = await runIn(folder);
  expect(failed?.outcome).toBe('failed');
  expect(failed?.problems[0]).toEqual({
    message:
      'row 2, stage ai-1: the cassette has no answer to its request; the nearest one differs (--record new sends it)',
    changes: [{ pointer: '/request/messages/0/content', from: 'Say one', to: 'Say three' }],
  });
  expect(readFileSync(file, 'utf8')).toBe(recorded);
  expect(fake.records).toHaveLength(3);

  // What is known is not paid for again, and what is no longer asked stays.
  expect(told(await runIn(folder, { record: 'new' }))).toEqual(['Two words, recorded! | passed']);
  expect(fake.records).toHaveLength(4);
  expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(4);
  // All of it is: what is no longer asked goes.
  await runIn(folder, { record: 'all' });
  expect(fake.records).toHaveLength(7);
  const again = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(again).toHaveLength(3);
  expect(again.filter((line) => line.includes('Say two'))).toEqual([]);
});

it('recording keeps to the budget, and a case that fails loses nothing that was recorded before', async () => {
  const fake = await fakeOf('openai');
  const config = configFor(`kind: openai, base_url: "${fake.url}"`, 'state_dir: ./state').replace(
    '"${NOT_SET}"',
    JSON.stringify(fake.apiKey),
  );
  const folder = await folderWith({ 'colloquium.yaml': config, 'colloquium.test.yaml': TESTS });
  await runIn(folder, { record: 'all' });
  const before = readFileSync(join(folder, 'cassettes/two-words-recorded.jsonl'), 'utf8');
  const [stopped] = await runIn(folder, { record: 'all', maxCost: '0.000001' });
  expect(stopped?.problems[0]?.message).toMatch(/^the run stops \(budget\): /);
  expect(readFileSync(join(folder, 'cassettes/two-words-recorded.jsonl'), 'utf8')).toBe(before);
  expect(fake.records).toHaveLength(3);
});

it('a broken cassette is told with its line, and live cases are skipped', async () => {
  const folder = await folderWith({
    'colloquium.yaml': configFor('kind: openai, base_url: "http://127.0.0.1:9/v1"'),
    'colloquium.test.yaml': 'tests:\n  - { name: a, input: [{ q: 1 }] }\n',
    'cassettes/a.jsonl': '\n{"provider":"it"}\n',
  });
  await expect(runIn(folder)).rejects.toThrow(/a\.jsonl:2: this is not a recorded request/);
  const live = await folderWith({
    'colloquium.yaml': configFor('kind: openai, base_url: "http://127.0.0.1:9/v1"'),
    'colloquium.test.yaml': 'tests:\n  - { name: a, input: [{ q: 1 }], ai: live }\n',
  });
  expect(told(await runIn(live))).toEqual(['a | skipped | it asks providers: --record sends']);
  expect(existsSync(join(live, 'cassettes'))).toBe(false);
});
