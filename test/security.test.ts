import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, scratch, startCli } from './support/cli.js';
import { daemonOf, post, startDaemon, until, type TestDaemon } from './support/daemon.js';
import { guardedLine } from '../src/log/format/line.js';
import { guide } from './support/guides.js';
import { aiStage, configOf, providerOf } from './cli/ai-stage.js';

const PIPELINE = 'pipelines: { default: { stages: [{ computo: ["$input"] }], outputs: [{ file: ./out.ndjson }] } }\n';

/** Whom the guide names, the first cell of each row of its table. */
function namedInGuide(): string[] {
  const [table = ''] = guide('security').split(/^\*\*/m);
  return [...table.matchAll(/^\| ([^|]*?) *\|/gm)].map(([, cell = '']) => cell).slice(2);
}

let daemon: TestDaemon;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'colloquium.yaml'), `state_dir: ./state\n${PIPELINE}`);
  for (const role of ['ingest', 'read', 'admin']) {
    tokens[role] = (await runCli(['token', 'create', '--role', role], { cwd })).stdout.trim();
  }
  daemon = await startDaemon(PIPELINE, { cwd });
});
afterAll(async () => {
  await daemon.end();
});

/** The statuses of what a token may ask: to send, to read, to change. */
async function statuses(token?: string): Promise<readonly number[]> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const sent = await post(`${daemon.url}/events`, 1, headers);
  const read = await fetch(`${daemon.url}/events`, { headers });
  const changed = await fetch(`${daemon.url}/dead-letters/redrive`, { method: 'POST', headers });
  return [sent.status, read.status, changed.status];
}

/** The status of an answer to a request with such a Host, which fetch does not let one choose. */
function statusFor(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/health`, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end();
  });
}

const ROWS: Readonly<Record<string, () => Promise<void>>> = {
  'somebody on the network, without a token': async () => {
    const open = await runCli(['serve', '--host', '0.0.0.0', '--port', '0'], { cwd: folderWith(PIPELINE) });
    expect([open.exit, open.stderr]).toEqual([78, expect.stringContaining('no token is asked for')]);
    const weak = await runCli(['serve'], { cwd: folderWith(`server: { host: 0.0.0.0, tokens: [x] }\n${PIPELINE}`) });
    expect([weak.exit, weak.stderr]).toEqual([78, expect.stringContaining('weak-token')]);
    expect(await statuses()).toEqual([401, 401, 401]);
    expect((await fetch(`${daemon.url}/livez`)).status).toBe(200);

    const socket = connect(Number(new URL(daemon.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString())).on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      'POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2147483648\r\n\r\n',
    );
    const flood = (): void => {
      while (!socket.destroyed && socket.write(Buffer.alloc(1 << 16, 'x')));
    };
    socket.on('drain', flood);
    flood();
    await closed;
    expect(answer).toContain('HTTP/1.1 401 ');
  },
  'somebody on this machine': async () => {
    const open = await startDaemon(PIPELINE);
    expect((await post(`${open.url}/events`, 1)).status).toBe(202);
    await runCli(['token', 'create', '--role', 'read'], { cwd: open.cwd });
    await until(async () => (await post(`${open.url}/events`, 1)).status === 401, 'a token is asked for');
    await open.end();
    for (const folder of ['data', 'state', 'state/tokens', 'data/keys']) {
      expect(statSync(join(open.cwd, folder)).mode & 0o077, folder).toBe(0);
      for (const entry of readdirSync(join(open.cwd, folder), { withFileTypes: true })) {
        if (entry.isFile()) expect(statSync(join(open.cwd, folder, entry.name)).mode & 0o077, entry.name).toBe(0);
      }
    }
  },
  'a page in your browser': async () => {
    const open = await startDaemon(PIPELINE);
    for (const host of ['evil.example', 'evil.local', 'x.internal', '192.168.1.5', '[fe80::1]']) {
      expect(await statusFor(open.url, { host }), host).toBe(403);
    }
    expect(await statusFor(open.url, { host: 'localhost:8080' })).toBe(200);
    expect((await post(`${open.url}/events`, 1, { origin: 'http://evil.example' })).status).toBe(403);
    expect((await post(`${open.url}/events`, 1, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    await open.end();
  },
  'a token with the role `ingest`': async () => expect(await statuses(tokens['ingest'])).toEqual([202, 403, 403]),
  'a token with the role `read`': async () => expect(await statuses(tokens['read'])).toEqual([403, 200, 403]),
  'a token with the role `admin`': async () => {
    expect(await statuses(tokens['admin'])).toEqual([202, 200, 200]);
    const acted = await daemon.says('an admin acted');
    expect(acted).toMatchObject({
      audit: 'action',
      path: '/dead-letters/redrive',
      token: tokens['admin']?.slice(4, 16),
    });
    for (const path of ['/..%2f..%2fetc%2fpasswd', '/colloquium.yaml', '/config', '/state/tokens']) {
      const headers = { authorization: `Bearer ${tokens['admin'] ?? ''}` };
      expect((await fetch(daemon.url + path, { headers })).status, path).toBe(404);
    }
  },
  'any one token': async () => {
    const headers = { authorization: `Bearer ${tokens['read'] ?? ''}` };
    const ending = new AbortController();
    const open = (given: Record<string, string>): Promise<Response> =>
      fetch(`${daemon.url}/tap`, { headers: given, signal: ending.signal });
    const greedy = await Promise.all(Array.from({ length: 20 }, () => open(headers)));
    expect(greedy.filter(({ status }) => status === 503)).toHaveLength(4);
    expect((await open({ authorization: `Bearer ${tokens['admin'] ?? ''}` })).status).toBe(200);
    ending.abort();
  },
  'an event': async () => {
    const evil = '\u001b[31m\u202e';
    const deep = `${'['.repeat(2000)}${']'.repeat(2000)}`;
    const input = `["!","constructor"]\n{"__proto__":{"x":1}}\n${deep}\nno json ${evil}\n"${'x'.repeat(2 << 20)}"\n`;
    const cwd = folderWith('processing: { max_line_size: 1MB }\npipelines: { default: { stages: [] } }\n');
    const { stdout, stderr, exit } = await runCli(['--no-progress'], { cwd, input });
    expect([stdout, exit]).toEqual(['["!","constructor"]\n{"__proto__":{"x":1}}\n', 3]);
    for (const kind of ['nested_too_deep', 'invalid_json', 'line_too_long']) expect(stderr).toContain(kind);
    expect(stderr).not.toMatch(/[\u001b\u202e]/);
  },
  'a script in Computo': async () => {
    const input = '{"constructor": {"prototype": 1}}\n';
    for (const script of ['["require", "fs"]', '["process"]', '["$input", "/toString"]', '["$", "/__proto__"]']) {
      const { stdout, exit } = await runCli(['-e', script], { input });
      expect([stdout, exit === 3 || exit === 78], script).toEqual(['', true]);
    }
    expect((await runCli(['-e', '["$input", "/constructor/prototype"]'], { input })).stdout).toBe('1\n');
    const cwd = folderWith('computo: { limits: { steps: 20 } }\n');
    const each =
      '["obj", "a", ["map", {"array": [1, 2, 3, 4, 5, 6, 7, 8, 9]}, ["lambda", ["x"], ["+", 1, ["$", "/x"]]]]]';
    const long = await runCli(['-c', 'colloquium.yaml', '-e', each], { cwd, input });
    expect([long.stdout, long.exit, long.stderr]).toEqual(['', 3, expect.stringContaining('limit_exceeded')]);
  },
  'an AI provider': async () => {
    const key = 'sk-live-of-the-test-0123456789';
    const forms = [
      key,
      Buffer.from(key).toString('base64'),
      Buffer.from(`user:${key}`).toString('base64url'),
      `%${Buffer.from(key).toString('hex').match(/../g)?.join('%') ?? ''}`,
    ];
    const stage = aiStage();
    const provider = await stage.fake({
      apiKey: key,
      faults: () => ({ kind: 'status', status: 400, message: `bad key: ${forms.join(' ')}` }),
    });
    stage.write('colloquium.yaml', configOf({ openai: providerOf(provider) }));
    const { stderr, exit } = await stage.run(['--dead-letter', 'dead.ndjson'], { input: '{"q":"x"}\n' });
    const said = stderr + stage.read('dead.ndjson');
    expect([exit, said]).toEqual([3, expect.stringContaining('bad key: *** ***')]);
    expect(said).not.toMatch(/of-the-test|b2YtdGhlLXRlc3|9mLXRoZS10ZXN0|vZi10aGUtdGVzd/);
    await stage.close();
  },
  'a folder that you enter': async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'colloquium.config.mjs'), 'throw new Error("it ran");\n');
    expect(await runCli(['__complete', 'run', '-p', ''], { cwd })).toMatchObject({ stdout: '', exit: 0 });
    expect(await runCli(['token', 'list'], { cwd })).toMatchObject({ exit: 78 });
    const shared = folderWith(PIPELINE);
    chmodSync(join(shared, 'colloquium.yaml'), 0o666);
    const refused = await runCli([], { cwd: shared, input: '1\n' });
    expect([refused.exit, refused.stderr]).toEqual([78, expect.stringContaining('foreign-config')]);
  },
  'the config that you name': async () => {
    const config = `server: { tokens: [{ command: "touch ran; echo 0123456789abcdef" }] }\n${PIPELINE}`;
    const cwd = folderWith(config);
    chmodSync(join(cwd, 'colloquium.yaml'), 0o666);
    expect(await runCli(['check', '-c', 'colloquium.yaml'], { cwd })).toMatchObject({ exit: 0 });
    expect(existsSync(join(cwd, 'ran'))).toBe(false);
    const named = startCli(['serve', '-c', 'colloquium.yaml', '--port', '0'], { cwd });
    const running = await daemonOf(named, cwd).ready;
    expect(existsSync(join(cwd, 'ran'))).toBe(true);
    await running.end();
  },
  'the address that `tap` asks': async () => {
    const env = { COLLOQUIUM_TOKEN: 'a-token-of-the-environment' };
    const far = folderWith('server: { host: 192.0.2.1, tls: { cert: c, key: k } }\n');
    for (const args of [['tap'], ['tap', '--url', 'http://192.0.2.1']]) {
      const { stderr, exit } = await runCli(args, { cwd: far, env });
      expect([exit, stderr]).toEqual([2, expect.stringContaining('is not sent to')]);
    }
  },
  'a backup': async () => {
    const { cwd } = daemon;
    expect(await runCli(['log', 'backup', 'copy'], { cwd })).toMatchObject({ exit: 0 });
    expect(await runCli(['log', 'restore', 'copy', 'data'], { cwd })).toMatchObject({ exit: 2 });
    const manifest = join(cwd, 'copy/manifest.json');
    writeFileSync(manifest, guardedLine({ files: [{ file: '../state/x', bytes: 0 }] }));
    const strange = await runCli(['log', 'restore', 'copy', 'restored'], { cwd });
    expect([strange.exit, strange.stderr]).toEqual([74, expect.stringContaining('is not a file of a log')]);
    expect(existsSync(join(cwd, 'restored'))).toBe(false);
  },
};

function folderWith(config: string): string {
  const cwd = scratch();
  writeFileSync(join(cwd, 'colloquium.yaml'), config);
  return cwd;
}

describe('the guide to security', () => {
  it('names whom the tests are about', () => {
    expect(namedInGuide()).toEqual(Object.keys(ROWS));
  });

  it.each(Object.entries(ROWS))('is right about %s', async (_, holds) => {
    await holds();
  });
});
