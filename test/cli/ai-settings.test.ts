import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startBareServer, type BareServer } from '../support/bare-server.js';
import { certify } from '../support/certify.js';
import { perTest } from '../support/per-test.js';
import { startProxy } from '../support/proxy.js';
import { aiStage, configOf, everyFile, providerOf, REQUEST, rowsOf } from './ai-stage.js';

const on = perTest(aiStage);
let broken: BareServer;
beforeEach(async () => {
  broken = await startBareServer(500);
});
afterEach(() => broken.close());

it('what is set for providers, their models and a stage holds for the calls', async () => {
  const fake = await on.fake({ wire: 'openai-compatible' });
  on.write(
    'colloquium.yaml',
    `
state_dir: ./state
ai_providers:
  first:
    kind: openai-compatible
    api_key: k
    base_url: ${broken.url}/v1
    headers: { x-team: blue }
    query: { api-version: '7' }
    max_concurrency: 1
    cost_per_token: { input: 0.00003, output: 0.00006, cache_read: 0.00001, cache_write: 0.00004 }
    timeouts: { connect: 20s, first_byte: 30s, idle: 35s, total: 40s }
    circuit_breaker: { threshold: 1, open_for: 1h }
    retry: { max_attempts: 1, max_retry_after: 1s }
  second:
    kind: openai-compatible
    api_key: ${fake.apiKey}
    base_url: ${fake.url}
    stream: true
    models:
      m:
        cost_per_token: { input: 0.00003, output: 0.00006, cache_read: 0.00001, cache_write: 0.00004 }
        rate_limit: { requests_per_minute: 6000, tokens_per_minute: 1000000 }
        max_output_tokens: 70
        context_window: 5000
journal: { ttl: 1d, max_size: 10MB, store: hash }
pipelines:
  default:
    stages:
      - ai:
          request: [obj, messages, [[obj, role, user, content, [$input, /q]]]]
          model: m
          providers: [first, second]
          route: ordered
          max_tokens: 90
          stream: false
          in_doubt: fail
          fallback_on: [content_filter, context_length, truncated]
          into: /a
`,
  );
  on.write('in.ndjson', rowsOf(3));
  const { exit, stdout, stderr } = await on.run(['--unordered', 'in.ndjson']);
  expect(exit, stderr).toBe(0);
  expect(stdout.match(/"response":"ROW \d/g)).toHaveLength(3);
  expect(broken.seen.map(({ path, headers }) => [path, headers['x-team']])).toEqual([
    ['/v1/chat/completions?api-version=7', 'blue'],
  ]);
  expect(fake.records.map(({ call }) => [call.model, call.outputTokensMax, call.stream])).toEqual(
    Array.from({ length: 3 }, () => ['m', 70, false]),
  );
  expect(everyFile(join(on.cwd, 'state'))).not.toContain('row 1');

  const again = await on.run(['--live', 'in.ndjson']);
  expect(again.exit, again.stderr).toBe(0);
  expect(fake.records).toHaveLength(6);
});

it('providers are reached through proxies, of the environment or their own, and trusted by their certificates', async () => {
  const fake = await on.fake();
  certify(on.cwd, 'localhost');
  const [key, cert] = [on.read('key.pem'), on.read('cert.pem')];
  const front = tls.createServer({ key, cert }, (socket) => {
    const back = net.connect(Number(new URL(fake.url).port), '127.0.0.1');
    back.on('error', () => socket.destroy());
    socket
      .on('error', () => back.destroy())
      .pipe(back)
      .pipe(socket);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const secured = `https://localhost:${(front.address() as AddressInfo).port}/v1`;
  const proxies = [await startProxy(), await startProxy({ credentials: 'me:secret' })] as const;
  try {
    const stages = ['plain', 'secure'].map((name) => `{ into: /${name}, providers: [${name}], request: ${REQUEST} }`);
    const providers = {
      plain: providerOf(fake, ', kind: openai'),
      secure: providerOf(fake, ', kind: openai, proxy: "${MY_PROXY}", ca: ./cert.pem').replace(fake.url, secured),
    };
    on.write('colloquium.yaml', configOf(providers, { stages }));
    const env = { HTTP_PROXY: proxies[0].url, HTTPS_PROXY: 'http://127.0.0.1:1', MY_PROXY: proxies[1].url };
    const { exit, stdout, stderr } = await on.run([], { input: rowsOf(1), env });
    expect(exit, stderr).toBe(0);
    expect(stdout.match(/"response":"ROW 0/g)).toHaveLength(2);
    expect(proxies.map(({ asked }) => asked)).toEqual([
      [`POST ${fake.url}/chat/completions`],
      [`CONNECT ${new URL(secured).host}`],
    ]);
    on.write('cert.pem', 'no certificate');
    const wrong = await on.run([], { input: rowsOf(1), env });
    expect([wrong.exit, wrong.stderr]).toEqual([78, expect.stringContaining('has no certificate in PEM form')]);
  } finally {
    front.close();
    for (const proxy of proxies) proxy.close();
  }
});

it('a run waits for its providers as long as it may, and no longer', async () => {
  const provider = `{ kind: openai, api_key: k, base_url: "${broken.url}", circuit_breaker: { threshold: 1, open_for: 1h }, retry: { max_attempts: 2, base_delay: 1ms } }`;
  on.write(
    'colloquium.yaml',
    `state_dir: ./state
provider_wait: 1ms
ai_providers: { only: ${provider} }
pipelines: { default: { stages: [{ ai: { request: [obj, model, m, messages, [[obj, role, user, content, a]]] } }] } }
`,
  );
  const { exit, stderr } = await on.run([], { input: rowsOf(3) });
  expect(exit, stderr).toBe(69);
});

it('a model that several providers have by one name is asked for by the name that each has for it', async () => {
  const fake = await on.fake({ wire: 'openai-compatible' });
  const retry = 'retry: { max_attempts: 1 }, circuit_breaker: { threshold: 1, open_for: 1h }';
  on.write(
    'colloquium.yaml',
    `
state_dir: ./state-of-aliases
ai_providers:
  first: { kind: openai-compatible, api_key: k, base_url: "${broken.url}/v1", models: [{ name: small, as: m }], ${retry} }
  second: { kind: openai-compatible, api_key: ${fake.apiKey}, base_url: "${fake.url}", models: { small: { as: n } } }
pipelines:
  default: { stages: [{ ai: { model: small, prompt: '\${/q}', providers: [first, second], route: ordered, into: /a } }] }
`,
  );
  const { exit, stderr } = await on.run([], { input: rowsOf(2) });
  expect(exit, stderr).toBe(0);
  expect(fake.records.map(({ call }) => call.model)).toEqual(['n', 'n']);
});

it('a provider goes on with its other keys when one is refused, and none of them is shown or given twice', async () => {
  const keys = { env: 'sk-of-env-4711', file: 'sk-of-file-4712', revoked: 'sk-revoked-4713' };
  const fake = await on.fake({ apiKey: keys.env, otherKeys: [keys.file] });
  const provider = (items: string): string =>
    providerOf(fake, ', max_concurrency: 1').replace(`api_key: "${fake.apiKey}"`, `api_keys: [${items}]`);
  const write = (items: string): void => on.write('colloquium.yaml', configOf({ openai: provider(items) }));
  on.write('key.txt', `${keys.file}\n`);
  on.write('in.ndjson', rowsOf(12));
  const revoked = `{ command: [echo, ${keys.revoked}] }`;
  let seen = '';
  const run = async (args: readonly string[], env: Record<string, string> = {}) => {
    const result = await on.run(args, { env });
    seen += result.stdout + result.stderr;
    return result;
  };

  write(`"\${OF_ENV}", { file: ./key.txt }, ${revoked}`);
  const good = await run(['in.ndjson'], { OF_ENV: keys.env });
  expect(good.exit, good.stderr).toBe(0);
  expect(good.stdout.match(/"provider":"openai"/g)).toHaveLength(12);
  expect(good.stderr.match(/openai#3: HTTP 401: .*; not used any more in this run/g)).toHaveLength(1);
  expect(new Set(fake.records.map(({ key }) => key))).toEqual(new Set([keys.env, keys.file]));
  expect(fake.records).toHaveLength(12);
  // With any of them, it is the same provider.
  write(revoked);
  expect(await run(['in.ndjson'])).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('"cached":true') as string,
  });

  write(`${revoked}, "\${OF_ENV}"`);
  const refused = await run(['in.ndjson', '--live'], { OF_ENV: 'sk-wrong-4714' });
  expect([refused.exit, refused.stderr]).toEqual([
    69,
    expect.stringContaining('openai not_authorized, openai#2 not_authorized'),
  ]);
  const twice = await run(['in.ndjson', '--live'], { OF_ENV: keys.revoked });
  expect([twice.exit, twice.stderr]).toEqual([78, expect.stringContaining('[1]: the same key as api_keys[0]')]);
  expect(await run(['in.ndjson', '--live', '--dry-run'])).toMatchObject({ exit: 0 });
  expect(seen + everyFile(join(on.cwd, 'state'))).not.toMatch(/(?:env|file|revoked|wrong)-471[1-4]/);
});
