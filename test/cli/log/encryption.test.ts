import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';
import { configOf, providerOf } from '../ai-stage.js';

/** In events, prompts, answers and keys: nobody writes this by chance. */
const MARK = 'quetzal';

const key = (): string => randomBytes(32).toString('base64');

/** Everything that the program keeps, file by file. */
function keptIn(cwd: string): readonly { readonly path: string; readonly content: Buffer }[] {
  return ['data', 'state', '.state', 'copy']
    .map((name) => join(cwd, name))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => ({ path: join(parentPath, name), content: readFileSync(join(parentPath, name)) }));
}

/** Fails for each file with the mark in it, in any spelling. */
function expectNothingReadable(cwd: string): void {
  const kept = keptIn(cwd);
  expect(kept.length).toBeGreaterThan(5);
  for (const { path, content } of kept) {
    expect(content.toString('latin1').toLowerCase().includes(MARK), path).toBe(false);
    const wide = Buffer.from(MARK, 'utf16le');
    expect(content.includes(wide) || content.includes(Buffer.from(MARK.toUpperCase(), 'utf16le')), path).toBe(false);
  }
}

describe('storage.encryption', () => {
  it('leaves no byte of events, prompts, answers and keys in data and state, through kills, rotation and restore', async () => {
    const fake = await startFakeProvider({ wire: 'openai', latencyMs: 5 });
    const cwd = scratch();
    const [first, second] = [key(), key()];
    writeFileSync(join(cwd, 'first'), `${first}\n`);
    mkdirSync(join(cwd, 'in'));
    const encrypted = (keys: string): string => `storage: { encryption: ${keys}, max_file_size: 8192, gzip: true }\n`;
    const ai = configOf({ openai: providerOf(fake) }).replace('state_dir: ./state\n', '');
    const rest = `${ai}    outputs: [{ file: ./out.ndjson }]
  seen: { stages: [{ dedupe: /q }], outputs: [{ file: ./seen.ndjson }] }
sources: [{ folder: ./in, pattern: '*.ndjson', pipeline: seen }]
require_tls: true
`;
    const linesOf = (name: string): number =>
      existsSync(join(cwd, name)) ? readFileSync(join(cwd, name), 'utf8').split('\n').length - 1 : 0;
    const out = (): number => linesOf('out.ndjson');
    const seen = (): number => linesOf('seen.ndjson');
    const rows = (from: number, count: number): string =>
      Array.from({ length: count }, (_, n) => `{"q":"${MARK} ${from + n}"}\n`).join('');
    const withKey = (url: string, n: number): Promise<Response> =>
      fetch(`${url}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `${MARK}-${n}` },
        body: JSON.stringify({ q: `${MARK} once ${n}` }),
      });

    // Killed while it is busy, twice.
    for (const round of [0, 1]) {
      const daemon = await startDaemon(encrypted('{ key: { file: ./first } }') + rest, { cwd });
      writeFileSync(join(cwd, 'in', `${round}.ndjson`), rows(0, 30 + round));
      expect((await postLines(`${daemon.url}/events`, rows(1000 * round, 60))).status).toBe(202);
      expect((await withKey(daemon.url, round)).status).toBe(202);
      await until(() => out() > 30 + 60 * round, 'some are out');
      await daemon.end('SIGKILL');
    }
    const all = 2 * (60 + 1);
    let daemon = await startDaemon(encrypted('{ key: { file: ./first } }') + rest, { cwd });
    await until(() => out() === all && seen() === 31, 'all are out');
    // Sent again with a known key, and with data that the stage knows.
    expect(((await (await withKey(daemon.url, 0)).json()) as { id: string }).id).toBeTypeOf('string');
    expect((await postLines(`${daemon.url}/events/seen`, rows(0, 10))).status).toBe(202);
    expect((await runCli(['log', 'backup', 'copy'], { cwd })).exit).toBe(0);
    expect(await daemon.end()).toBe(0);
    expect([out(), seen()]).toEqual([all, 31]);
    expectNothingReadable(cwd);
    const verified = await runCli(['log', 'verify', '--format', 'json'], { cwd });
    expect(verified.exit).toBe(0);
    const { keys, events } = JSON.parse(verified.stdout) as {
      keys: { id: string; present: boolean }[];
      events: number;
    };
    expect(keys).toMatchObject([{ present: true }]);
    const [{ id: firstId } = { id: '' }] = keys;

    // A new key: until the log is rekeyed, both are needed.
    const file = readdirSync(join(cwd, 'data')).find((name) => name.endsWith('.ndjson.gz.enc')) ?? '';
    const configs = { only: '{ key: "${SECOND}" }', both: '{ key: "${SECOND}", old_keys: [{ command: cat first }] }' };
    for (const [name, text] of Object.entries(configs)) {
      writeFileSync(join(cwd, `${name}.yaml`), `${encrypted(text)}${rest}state_dir: ./state\n`);
    }
    const env = { SECOND: second };
    for (const command of [
      ['replay', '--raw', '--since', '0'],
      ['log', 'cat', `data/${file}`],
      ['log', 'tail'],
      ['serve', '--port', '0'],
    ]) {
      const refused = await runCli([...command, '-c', 'only.yaml'], { cwd, env });
      expect([refused.exit, refused.stdout], command.join(' ')).toEqual([78, '']);
      expect(refused.stderr).toContain(firstId);
    }
    const unread = await runCli(['log', 'verify', '-c', 'only.yaml'], { cwd, env });
    expect([unread.exit, unread.stderr]).toEqual([78, expect.stringContaining('only the lengths and the order')]);
    expectNothingReadable(cwd);
    expect((await runCli(['log', 'rekey', '--verbose', '-c', 'both.yaml'], { cwd, env })).exit).toBe(0);
    const rekeyed = await runCli(['log', 'verify', '-c', 'only.yaml', '--format', 'json'], { cwd, env });
    expect([rekeyed.exit, JSON.parse(rekeyed.stdout)]).toMatchObject([0, { events, keys: [{ present: true }] }]);
    const line = await runCli(['log', 'cat', '--verbose', '-c', 'only.yaml', `data/${file}`], { cwd, env });
    expect([line.exit, line.stdout]).toEqual([0, expect.stringContaining(`"q":"${MARK}`)]);

    // With the new key alone: the answers are there, keys and data are known, the backup of the former key is restored.
    const asked = fake.records.length;
    const replayed = await runCli(['replay', '--since', '0', '--no-progress', '-c', 'only.yaml'], { cwd, env });
    expect([replayed.exit, fake.records.length]).toEqual([0, asked]);
    expect(replayed.stdout.split('\n').length - 1).toBe(all + 31);
    daemon = await startDaemon(encrypted('{ key: "${SECOND}" }') + rest, { cwd, env });
    await withKey(daemon.url, 1);
    await postLines(`${daemon.url}/events/seen`, rows(20, 20));
    await postLines(`${daemon.url}/events`, `{"q":"${MARK} last"}\n`);
    await until(() => out() > all && seen() >= 40, 'the new ones are out');
    expect(await daemon.end()).toBe(0);
    expect([out(), seen(), fake.records.length]).toEqual([all + 1, 40, asked + 1]);
    expectNothingReadable(cwd);
    expect((await runCli(['log', 'restore', 'copy', 'again', '-c', 'only.yaml'], { cwd, env })).exit).toBe(78);
    expect(existsSync(join(cwd, 'again', file))).toBe(false);
    expect((await runCli(['log', 'restore', 'copy', 'again', '-c', 'both.yaml'], { cwd, env })).exit).toBe(0);
    await fake.close();
  });

  it('refuses what can be no key, what it does not cover, and says where', async () => {
    const cwd = scratch();
    const rest = 'pipelines: { default: { outputs: [{ file: ./out.ndjson }] } }\n';
    writeFileSync(join(cwd, 'colloquium.yaml'), `storage: { encryption: { key: "too short" } }\n${rest}`);
    const short = await runCli(['serve', '--port', '0'], { cwd });
    expect([short.exit, short.stderr]).toEqual([78, expect.stringContaining('an encryption key must be 32 bytes')]);
    expect(short.stderr).not.toContain('too short');
    writeFileSync(join(cwd, 'colloquium.yaml'), `storage: { encryption: { key: { file: ./gone } } }\n${rest}`);
    const gone = await runCli(['serve', '--port', '0'], { cwd });
    expect([gone.exit, gone.stderr]).toEqual([78, expect.stringContaining('gone')]);
    writeFileSync(
      join(cwd, 'colloquium.yaml'),
      `storage: { encryption: { key: ${key()} } }\nfleet: { join: true }\n${rest}`,
    );
    const fleet = await runCli(['serve', '--port', '0'], { cwd });
    expect([fleet.exit, fleet.stderr]).toEqual([78, expect.stringContaining('a fleet keeps its events')]);
    const checked = await runCli(['check'], { cwd });
    expect([checked.exit, checked.stdout + checked.stderr]).toEqual([
      78,
      expect.stringContaining('a fleet keeps its events'),
    ]);
    const provider = `{ kind: openai-compatible, base_url: "http://models.example.com/v1", models: [m], cost_per_token: { input: 0, output: 0 } }`;
    const stage = "{ prompt: '${/q}', max_tokens: 5, model: m }";
    const asking = `ai_providers: { far: ${provider} }\npipelines: { default: { stages: [{ ai: ${stage} }] } }\n`;
    writeFileSync(join(cwd, 'colloquium.yaml'), `require_tls: true\n${asking}`);
    const clear = await runCli([], { cwd, input: '{"q":1}\n' });
    expect([clear.exit, clear.stderr]).toEqual([
      78,
      expect.stringContaining('what goes to models.example.com is not encrypted'),
    ]);
  });
});
