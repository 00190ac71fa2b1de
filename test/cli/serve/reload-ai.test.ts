import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratch } from '../../support/cli.js';
import { postLines, startDaemon, until, type TestDaemon } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';
import { configOf } from '../ai-stage.js';
import { textOf } from './hanging.js';

const PRICE = 'cost_per_token: { input: 0.00003, output: 0.00006 }';
/** Enough for one call's worst case, but not for that after another call. */
const ENOUGH_FOR_ONE = '0.0062';

function budget(amount: string): string {
  return `cost_management: { daily_budget: ${amount} }\n`;
}

function configWith(provider: string, more = ''): string {
  const config = configOf({ openai: `{ ${provider}, ${PRICE} }` }, { more }).replace('state_dir: ./state\n', '');
  return `${config}    outputs: [{ file: ./out.ndjson }]\n`;
}

/** Replaces a text of the daemon's config, and waits until it has read that. */
async function change(daemon: TestDaemon, from: string, to: string): Promise<void> {
  const file = join(daemon.cwd, 'colloquium.yaml');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  await reload(daemon, () => writeFileSync(file, text.replace(from, to)));
}

/** Makes a change and sends SIGHUP. Resolves when the daemon has read the config. @returns what it says of that */
async function reload(daemon: TestDaemon, make: () => void): Promise<string> {
  const ends = (): readonly string[] =>
    daemon.said().flatMap((line) => (line['audit'] === 'reload' && line['why'] === 'SIGHUP' ? [line.msg] : []));
  const before = ends().length;
  make();
  daemon.child.kill('SIGHUP');
  await until(() => ends().length > before, 'the config is read');
  return ends().at(-1) ?? '';
}

function rows(daemon: TestDaemon): number {
  return textOf(daemon.cwd, 'out.ndjson').split('\n').length - 1;
}

async function send(daemon: TestDaemon, q: string): Promise<void> {
  expect((await postLines(`${daemon.url}/events`, JSON.stringify({ q }))).status).toBe(202);
}

async function waitsForMoney(daemon: TestDaemon): Promise<void> {
  const health = async (): Promise<string> => (await fetch(`${daemon.url}/health`)).text();
  await until(async () => (await health()).includes('the budget is spent'), 'the pipeline waits for money');
}

it('a running daemon stops at a budget that was lowered, and goes on when it is raised', async () => {
  const fake = await startFakeProvider({ wire: 'openai' });
  const daemon = await startDaemon(configWith(`api_key: "${fake.apiKey}", base_url: "${fake.url}"`, budget('1')));
  await send(daemon, 'one');
  await until(() => rows(daemon) === 1, 'the first is answered');
  await change(daemon, budget('1'), budget(ENOUGH_FOR_ONE));
  await send(daemon, 'two');
  await waitsForMoney(daemon);
  expect(fake.records).toHaveLength(1);
  await change(daemon, budget(ENOUGH_FOR_ONE), budget('1'));
  await until(() => rows(daemon) === 2, 'the second is answered');
  expect(await daemon.end()).toBe(0);
  await fake.close();
});

it('a running daemon asks the address that its config names now', async () => {
  const [first, second] = await Promise.all([
    startFakeProvider({ wire: 'openai' }),
    startFakeProvider({ wire: 'openai' }),
  ]);
  const daemon = await startDaemon(configWith(`api_key: "${first.apiKey}", base_url: "${first.url}"`));
  await send(daemon, 'one');
  await until(() => rows(daemon) === 1, 'the first is answered');
  await change(daemon, first.url, second.url);
  await send(daemon, 'two');
  await until(() => rows(daemon) === 2, 'the second is answered');
  expect([first.records.length, second.records.length]).toEqual([1, 1]);
  expect(await daemon.end()).toBe(0);
  await Promise.all([first.close(), second.close()]);
});

it.each(['{ file: ./key }', '{ command: cat key }'])(
  'a running daemon reads the key in %s again at SIGHUP, and keeps the old one while there is none',
  async (key) => {
    const cwd = scratch();
    const write = (text: string): void => writeFileSync(join(cwd, 'key'), text);
    const fake = await startFakeProvider({ wire: 'openai', apiKey: 'key-number-one', otherKeys: ['key-number-two'] });
    write('key-number-one\n');
    const daemon = await startDaemon(configWith(`api_key: ${key}, base_url: "${fake.url}"`), { cwd });
    await send(daemon, 'one');
    await until(() => rows(daemon) === 1, 'the first is answered');
    expect(await reload(daemon, () => write(''))).toContain('is rejected');
    await send(daemon, 'two');
    await until(() => rows(daemon) === 2, 'the second is answered');
    expect(await reload(daemon, () => write('key-number-two\n'))).toContain('is in use');
    await send(daemon, 'three');
    await until(() => rows(daemon) === 3, 'the third is answered');
    expect(await reload(daemon, () => undefined)).toContain('says what it said before');
    expect(fake.records.map((record) => record.key)).toEqual(['key-number-one', 'key-number-one', 'key-number-two']);
    expect(await daemon.end()).toBe(0);
    expect(JSON.stringify(daemon.said())).not.toContain('key-number-');
    await fake.close();
  },
);

it('a running daemon names what changes at the next start, each time that it reads the config', async () => {
  const daemon = await startDaemon(
    'storage: { durability: fsync }\npipelines: { default: { outputs: [{ file: ./o }] } }\n',
  );
  const named = (): unknown[] => daemon.said().flatMap(({ section }) => section ?? []);
  await change(daemon, 'fsync', 'os');
  const before = named().length;
  expect(before).toBeGreaterThan(0);
  expect(await reload(daemon, () => undefined)).not.toContain('says what it said before');
  expect(named().length).toBeGreaterThan(before);
  expect(new Set(named())).toEqual(new Set(['storage, processing.max_queue_size']));
  expect(await daemon.end()).toBe(0);
});
