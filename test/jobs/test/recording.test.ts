import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { problemLines } from '../../../src/cli/test/reporters/words.js';
import { openStores } from '../../../src/ai/store/index.js';
import { startFakeProvider, type FakeProvider, type FakeProviderOptions } from '../../support/fake-provider.js';
import { folderWith } from '../../config/folder.js';
import { configFor, runIn, told } from './suite.js';

const fakes: FakeProvider[] = [];
afterEach(async () => {
  for (const fake of fakes) expect(fake.deviations).toEqual([]);
  await Promise.all(fakes.splice(0).map((fake) => fake.close()));
});

/** A fake that answers each request with its number, and a folder with cases that ask it. */
async function recordable(
  tests: string,
  { more = '', stage = '', ...options }: Partial<FakeProviderOptions> & { more?: string; stage?: string } = {},
): Promise<{ readonly fake: FakeProvider; readonly folder: string }> {
  let count = 0;
  const fake = await startFakeProvider({ wire: 'openai', reply: () => `answer ${++count}`, ...options });
  fakes.push(fake);
  const config = configFor(`kind: openai, base_url: "${fake.url}"`, `state_dir: ./state\n${more}`, stage);
  const folder = await folderWith({
    'colloquium.yaml': config.replace('"${NOT_SET}"', JSON.stringify(fake.apiKey)),
    'colloquium.test.yaml': `tests:\n${tests}`,
  });
  return { fake, folder };
}

async function namesIn(folder: string, store: string): Promise<readonly string[]> {
  const stores = await openStores({ kind: 'lmdb', folder: join(folder, 'state') });
  try {
    const names: string[] = [];
    for await (const { key } of stores.open(store).scan()) names.push(key);
    return names;
  } finally {
    await stores.close();
  }
}

it('a recording neither takes answers of the journal nor leaves any there, and its cost stands in the ledger', async () => {
  const { fake, folder } = await recordable('  - { name: a, input: [{ q: 1 }, { q: 1 }], calls: 2 }\n');
  for (const count of [2, 4]) {
    expect(told(await runIn(folder, { record: 'all' }))).toEqual(['a | passed']);
    expect(fake.records).toHaveLength(count);
  }
  expect(await namesIn(folder, 'journal')).toEqual([]);
  expect(await namesIn(folder, 'ledger')).toHaveLength(4);
});

it('a recording has the timestamps, ids and latencies of its replay', async () => {
  const asks = `
  timed:
    stages:
      - computo: '{at: $inputs/1/timestamp, id: $inputs/1/event_id}'
      - ai:
          model: m
          max_tokens: 50
          into: /a
          prompt: 'At \${/at}, \${/id}'
      - computo: '{at: /at, id: /id, latency: /a/latency_ms}'
`;
  const tests = `  - { name: default, pipeline: timed, input: [{ q: 1 }, { q: 2 }], output: ./default.ndjson }
  - { name: told, pipeline: timed, now: 2027-03-04T05:06:07Z, input: [{ q: 1 }], expect: /at == 1804136767000 and /latency == 0 }
  - { name: waits, pipeline: timed, input: [{ q: 1 }], faults: [{ is: 500 }], expect: /at == 1767225600000 and /latency == 0 }
`;
  const { fake, folder } = await recordable(tests, { latencyMs: 5 });
  const file = join(folder, 'colloquium.yaml');
  writeFileSync(file, readFileSync(file, 'utf8') + asks);
  expect(told(await runIn(folder, { record: 'all', update: true }))).toEqual([
    'default | passed',
    'told | passed',
    'waits | passed',
  ]);
  expect(fake.records).toHaveLength(4);
  const recorded = readFileSync(join(folder, 'cassettes/told.jsonl'), 'utf8');
  expect(recorded).toMatch(/At 1804136767000, [0-9a-f-]{36}"/);
  expect(told(await runIn(folder))).toEqual(['default | passed', 'told | passed', 'waits | passed']);
});

it('equal requests replay the answers of their own rows, stages and cases, whatever the order of arrival', async () => {
  const two = `
  two:
    stages:
      - ai: { model: m, prompt: 'Say x', max_tokens: 50, into: /a, dedupe: false }
      - ai: { model: m, prompt: 'Say x', max_tokens: 50, into: /b, dedupe: false }
      - computo: '{q: /q, a: /a/response, b: /b/response}'
`;
  const tests = `  - { name: b first, pipeline: two, ai: { cassette: shared }, input: [{ q: 1 }, { q: 2 }, { q: 3 }], output: ./b.ndjson }
  - { name: a later, pipeline: two, ai: { cassette: shared }, input: [{ q: 1 }, { q: 2 }], output: ./a.ndjson }
`;
  const { fake, folder } = await recordable(tests, {
    // The first row is asked for again, after the others.
    faults: (n) => (n === 0 ? { kind: 'status', status: 500 } : undefined),
  });
  const file = join(folder, 'colloquium.yaml');
  writeFileSync(file, readFileSync(file, 'utf8') + two);
  expect(told(await runIn(folder, { record: 'all', update: true }))).toEqual(['b first | passed', 'a later | passed']);
  expect(fake.records).toHaveLength(11);
  expect(told(await runIn(folder))).toEqual(['b first | passed', 'a later | passed']);

  const cassette = join(folder, 'cassettes/shared.jsonl');
  const places = readFileSync(cassette, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { call } = JSON.parse(line) as { call: { case: string; row: number; stage: string } };
      return `${call.case} ${call.row} ${call.stage}`;
    });
  expect(places).toEqual([...places].sort());
  expect(places).toHaveLength(11);
  // One case alone is recorded again: the lines of the other stay.
  const before = readFileSync(cassette, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"b first"'));
  writeFileSync(join(folder, 'colloquium.test.yaml'), `tests:\n${tests.split('\n')[1] ?? ''}\n`);
  expect(told(await runIn(folder, { record: 'all', update: true }))).toEqual(['a later | passed']);
  const after = readFileSync(cassette, 'utf8').split('\n');
  expect(after.filter((line) => line.includes('"b first"'))).toEqual(before);
  expect(after.filter((line) => line.includes('"a later"'))).toHaveLength(4);
});

it('a recording keeps no refusal, and no error over an answer', async () => {
  let status = 0;
  const { fake, folder } = await recordable('  - { name: a, input: [{ q: 1 }, { q: 2 }] }\n', {
    faults: () => (status === 0 ? undefined : { kind: 'status', status }),
  });
  await runIn(folder, { record: 'all' });
  const cassette = join(folder, 'cassettes/a.jsonl');
  const recorded = readFileSync(cassette, 'utf8');
  for (status of [401, 403, 400]) {
    const [failed] = await runIn(folder, { record: 'all' });
    expect(failed?.outcome).toBe('failed');
    expect(readFileSync(cassette, 'utf8')).toBe(recorded);
  }
  // The same in a case that expects errors.
  const tests = join(folder, 'colloquium.test.yaml');
  writeFileSync(tests, 'tests:\n  - { name: a, input: [{ q: 1 }, { q: 2 }], dead_letters: [{}, {}] }\n');
  expect(told(await runIn(folder, { record: 'all' }))).toEqual(['a | passed']);
  expect(readFileSync(cassette, 'utf8')).toBe(recorded);
  // Where there is no answer, an error is one.
  writeFileSync(tests, 'tests:\n  - { name: b, input: [{ q: 1 }], dead_letters: [{}] }\n');
  expect(told(await runIn(folder, { record: 'all' }))).toEqual(['b | passed']);
  expect(told(await runIn(folder))).toEqual(['b | passed']);

  // Refusals that a cassette has count as missing.
  status = 0;
  writeFileSync(tests, 'tests:\n  - { name: a, input: [{ q: 1 }, { q: 2 }] }\n');
  writeFileSync(cassette, recorded.replace('"status":200', '"status":401'));
  const sent = fake.records.length;
  expect(told(await runIn(folder, { record: 'new' }))).toEqual(['a | passed']);
  expect(fake.records).toHaveLength(sent + 1);
  expect(told(await runIn(folder))).toEqual(['a | passed']);
});

it('a request with the configured key replays, and no message shows the key', async () => {
  const { fake, folder } = await recordable('');
  const test = (more: string): void =>
    writeFileSync(
      join(folder, 'colloquium.test.yaml'),
      `tests:\n  - { name: a, input: [{ q: "the key ${fake.apiKey}" }], ${more} }\n`,
    );
  test('calls: 1');
  expect(told(await runIn(folder, { record: 'all' }))).toEqual(['a | passed']);
  expect(told(await runIn(folder))).toEqual(['a | passed']);
  expect(readFileSync(join(folder, 'cassettes/a.jsonl'), 'utf8')).not.toContain(fake.apiKey);
  test(`expect: /q == "no", ai: { answers: [{ text: x }] }, output: [{ q: "${fake.apiKey}!" }]`);
  const results = await runIn(folder);
  const shown = results.flatMap(({ problems }) => problems.flatMap(problemLines));
  expect(shown.join('\n')).toContain('***');
  expect(shown.join('\n')).not.toContain(fake.apiKey);
});

it('a signal ends the run after the case that it meets, and keeps what was answered', async () => {
  const ending = new AbortController();
  const one = (name: string): string => `  - { name: ${name}, input: [{ q: ${name} }] }\n`;
  const { fake, folder } = await recordable(one('a') + one('b') + one('c'), {
    faults(n) {
      if (n === 1) ending.abort();
      return undefined;
    },
  });
  const seen: string[] = [];
  const options = { record: 'all', ending: ending.signal, onResult: ({ name }: { name: string }) => seen.push(name) };
  expect(told(await runIn(folder, options as Parameters<typeof runIn>[1]))).toEqual(['a | passed']);
  expect(seen).toEqual(['a']);
  expect(fake.records).toHaveLength(2);
  // What was paid for is not lost.
  expect(readdirSync(join(folder, 'cassettes'))).toEqual(['a.jsonl', 'b.jsonl']);
  expect(told(await runIn(folder)).slice(0, 2)).toEqual(['a | passed', 'b | passed']);
});
