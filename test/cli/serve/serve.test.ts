import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resultOf, runCli, scratch, startCli } from '../../support/cli.js';
import { post, postLines, startDaemon, until } from '../../support/daemon.js';

/** A pipeline that gives every event out as it came. */
const PASS = `
pipelines:
  default:
    outputs: [{ file: ./out/events.ndjson }]
    dead_letter: ./out/dead.ndjson
`;

const double = (factor: string): string => `
pipelines:
  default:
    stages: [{ computo: ["*", ${factor}, ["$input", "/n"]] }]
    outputs: [{ file: ./out/events.ndjson }]
    dead_letter: ./out/dead.ndjson
`;

const read = (cwd: string, file: string): string =>
  existsSync(join(cwd, file)) ? readFileSync(join(cwd, file), 'utf8') : '';
const lines = (cwd: string, file = 'out/events.ndjson'): string[] => read(cwd, file).split('\n').slice(0, -1);

describe.concurrent('a daemon', () => {
  it('processes what it stores, and drains on SIGTERM', async () => {
    const daemon = await startDaemon(double('2'));
    for (let n = 0; n < 20; n++) expect((await post(`${daemon.url}/events`, { n })).status).toBe(202);
    await post(`${daemon.url}/events`, { x: 1 });
    expect(await daemon.end()).toBe(0);
    expect(lines(daemon.cwd)).toEqual(Array.from({ length: 20 }, (_, n) => String(2 * n)));
    const [letter = '{}'] = lines(daemon.cwd, 'out/dead.ndjson');
    expect(JSON.parse(letter)).toMatchObject({ error: { kind: 'invalid_argument' }, event: { data: { x: 1 } } });
    expect(readdirSync(join(daemon.cwd, 'out')).sort()).toEqual(['dead.ndjson', 'events.ndjson']);
  });

  it('goes on where it was, and knows idempotency keys from before', async () => {
    const cwd = scratch();
    const ids: unknown[] = [];
    for (const round of [1, 2, 3]) {
      const daemon = await startDaemon(PASS, { cwd });
      const response = await post(`${daemon.url}/events`, '"same"', { 'idempotency-key': 'same' });
      ids.push(((await response.json()) as { id: string }).id);
      await post(`${daemon.url}/events`, String(round));
      await until(() => lines(cwd).length === 1 + round, 'the event is out');
      // Once in three it is not asked nicely.
      await daemon.end(round === 2 ? 'SIGKILL' : 'SIGTERM');
    }
    expect(lines(cwd)).toEqual(['"same"', '1', '2', '3']);
    expect(new Set(ids).size).toBe(1);
  });

  it('is in good health, and says so as the seed did', async () => {
    const daemon = await startDaemon(PASS);
    await post(`${daemon.url}/events`, 1);
    const health = (await (await fetch(`${daemon.url}/health`)).json()) as object;
    expect(health).toEqual({
      status: 'healthy',
      timestamp: expect.any(Number) as unknown,
      components: [
        { name: 'stream_engine', status: 'healthy' },
        { name: 'storage', status: 'healthy', memory_events: 1 },
      ],
    });
    await daemon.end();
  });

  it('without pipelines stores events, and says that it does only that', async () => {
    const daemon = await startDaemon('storage: { disk_path: ./elsewhere }\n');
    expect((await daemon.says('stored, and nothing more')).level).toBe('warn');
    expect((await post(`${daemon.url}/events/any.name`, 1)).status).toBe(202);
    expect((await (await fetch(`${daemon.url}/events`)).text()).trim()).toContain('"pipeline":"any.name"');
    expect(await daemon.end('SIGINT')).toBe(0);
    expect(readdirSync(daemon.cwd)).toContain('elsewhere');
  });

  it('sends events to their pipelines, each with its own outputs', async () => {
    const daemon = await startDaemon(`
pipelines:
  a: { outputs: [{ file: ./a.ndjson, envelope: true }] }
  b:
    routing_key: ["$input", "/level"]
    outputs: [{ file: ./errors.ndjson, when: error }, { file: ./all.ndjson }]
`);
    await post(`${daemon.url}/events/a`, { n: 1 });
    await postLines(`${daemon.url}/events/b`, '{"level":"error"}\n{"level":"info"}\n');
    const missing = await post(`${daemon.url}/events`, 1);
    expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining('/events/a')]);
    await daemon.end();
    expect(JSON.parse(read(daemon.cwd, 'a.ndjson'))).toMatchObject({ data: { n: 1 }, metadata: { pipeline: 'a' } });
    expect(read(daemon.cwd, 'errors.ndjson')).toBe('{"level":"error"}\n');
    expect(read(daemon.cwd, 'all.ndjson')).toBe('{"level":"error"}\n{"level":"info"}\n');
  });

  it('processes what was stored while the pipeline was not there', async () => {
    const cwd = scratch();
    const first = await startDaemon('', { cwd });
    await postLines(`${first.url}/events`, '{"n":1}\n{"n":2}\n');
    await first.end();
    const second = await startDaemon(double('10'), { cwd });
    await until(() => lines(cwd).length === 2, 'both are out');
    await second.end();
    expect(lines(cwd)).toEqual(['10', '20']);
  });

  it('stops at a failed event where the pipeline wants that, and goes on when it is mended', async () => {
    const cwd = scratch();
    const config = (script: string): string => `
pipelines:
  default: { stages: [{ computo: ${script} }], outputs: [{ file: ./out/events.ndjson }], on_error: stop, dead_letter: ./dead.ndjson }
`;
    const first = await startDaemon(config('["$input", "/n"]'), { cwd });
    await postLines(`${first.url}/events`, '{"n":1}\n{"x":2}\n{"n":3}\n');
    expect((await first.says('on_error: stop')).level).toBe('error');
    expect(await (await fetch(`${first.url}/health`)).json()).toMatchObject({ status: 'degraded' });
    expect((await post(`${first.url}/events`, { n: 4 })).status).toBe(202);
    await first.end();
    const second = await startDaemon(config('["$input"]'), { cwd });
    await until(() => lines(cwd).length === 4, 'all are out');
    await second.end();
    expect(lines(cwd)).toEqual(['{"n":1}', '{"x":2}', '{"n":3}', '{"n":4}']);
    expect(read(cwd, 'dead.ndjson')).toBe('');
  });

  it('writes to standard output too, and says what that cannot promise', async () => {
    const child = startCli(['serve'], { cwd: configured('pipelines: { default: { outputs: [{ stdout: true }] } }\n') });
    const result = resultOf(child);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(() => said.includes('listening'), 'it listens');
    expect(said).toContain('at-least-once');
    await post(`${/"url":"([^"]+)"/.exec(said)?.[1] ?? ''}/events`, { n: 1 });
    child.kill('SIGTERM');
    expect(await result).toMatchObject({ stdout: '{"n":1}\n', exit: 0 });
  });

  it('stores what comes on standard input, broken lines too: they become dead letters', async () => {
    const daemon = await startDaemon(`sources: [{ stdin: true }]\n${PASS}`, { input: '{"n":1}\nbroken\n\n{"n":2}' });
    await daemon.says('standard input has ended');
    await post(`${daemon.url}/events`, '"by http"');
    await daemon.end();
    expect(lines(daemon.cwd)).toEqual(['{"n":1}', '{"n":2}', '"by http"']);
    const [letter = '{}'] = lines(daemon.cwd, 'out/dead.ndjson');
    expect(JSON.parse(letter)).toMatchObject({
      error: { kind: 'invalid_json' },
      raw: 'broken',
      source: 'stdin',
      line: 2,
    });
  });

  it('stores the files of a watched folder, each line once, over restarts', async () => {
    const cwd = scratch();
    const config = `sources: [{ folder: ./in, pattern: "*.ndjson" }]\n${PASS}`;
    mkdirSync(join(cwd, 'in'));
    writeFileSync(join(cwd, 'in/b.ndjson'), '3\n4\n');
    writeFileSync(join(cwd, 'in/a.ndjson'), '1\n2\n');
    writeFileSync(join(cwd, 'in/.hidden.ndjson'), 'no\n');
    writeFileSync(join(cwd, 'in/other.txt'), 'no\n');
    const first = await startDaemon(config, { cwd });
    await until(() => lines(cwd).length === 4, 'the files that are there');
    writeFileSync(join(cwd, 'in/.part'), '5\n');
    renameSync(join(cwd, 'in/.part'), join(cwd, 'in/c.ndjson'));
    await until(() => lines(cwd).length === 5, 'one that came');
    await first.end('SIGKILL');
    writeFileSync(join(cwd, 'in/b.ndjson'), '6\n', { flag: 'a' });
    const second = await startDaemon(config, { cwd });
    await until(() => lines(cwd).length === 6, 'what was added meanwhile');
    writeFileSync(join(cwd, 'in/d.ndjson'), '7\n');
    await until(() => lines(cwd).includes('7'), 'what came after all that');
    await second.end();
    expect(lines(cwd)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });
});

describe.concurrent('a running daemon', () => {
  it('takes a changed config over, and keeps the old one when the new one is wrong', async () => {
    const cwd = scratch();
    const daemon = await startDaemon(double('2'), { cwd });
    const config = (text: string): void =>
      writeFileSync(join(cwd, 'colloquium.yaml'), `server: { port: 0 }\nstate_dir: ./state\n${text}`);
    await post(`${daemon.url}/events`, { n: 1 });
    await until(() => lines(cwd).length === 1, 'the first is out');
    config(double('"x"'));
    const refused = await daemon.says('is rejected');
    expect(refused).toMatchObject({ level: 'error', error: expect.stringContaining('colloquium.yaml:') as unknown });
    await post(`${daemon.url}/events`, { n: 2 });
    await until(() => lines(cwd).length === 2, 'the second is out');
    config(double('100'));
    await daemon.says('the changed config is in use');
    await post(`${daemon.url}/events`, { n: 3 });
    daemon.child.kill('SIGHUP');
    await daemon.says('says what it said before');
    await daemon.end();
    expect(lines(cwd)).toEqual(['2', '4', '300']);
  });

  it('takes a changed script file over', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'change.json'), '["obj", "a", ["$input"]]');
    const daemon = await startDaemon(
      `
pipelines:
  default: { stages: [{ computo: ./change.json }], outputs: [{ file: ./out/events.ndjson }] }
`,
      { cwd },
    );
    await post(`${daemon.url}/events`, 1);
    await until(() => lines(cwd).length === 1, 'the first is out');
    writeFileSync(join(cwd, 'change.json'), '["obj", "b", ["$input"]]');
    await daemon.says('the changed config is in use');
    await post(`${daemon.url}/events`, 2);
    await daemon.end();
    expect(lines(cwd)).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('changes its tokens without a new start', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'token'), 'old-secret\n');
    const daemon = await startDaemon(PASS, { cwd, server: 'tokens: [{ file: ./token }]' });
    const status = async (token: string): Promise<number> =>
      (await fetch(`${daemon.url}/health`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect([await status('old-secret'), await status('new-secret')]).toEqual([200, 401]);
    writeFileSync(join(cwd, 'token'), 'new-secret\n');
    daemon.child.kill('SIGHUP');
    await daemon.says('the changed config is in use');
    expect([await status('old-secret'), await status('new-secret')]).toEqual([401, 200]);
    await daemon.end();
    expect(JSON.stringify(daemon.said())).not.toContain('-secret');
  });

  it('stops at once at a second signal', async () => {
    const cwd = configured(`
pipelines:
  default: { stages: [{ computo: ["reduce", ["$input"], ["lambda", ["a", "b"], ["+", ["$", "/a"], ["$", "/b"]]], 0] }], outputs: [{ file: ./out.ndjson }] }
`);
    const child = startCli(['serve'], { cwd });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(() => said.includes('listening'), 'it listens');
    // A request that never ends keeps the first signal's drain waiting.
    const url = new URL(/"url":"([^"]+)"/.exec(said)?.[1] ?? '');
    const socket = connect(Number(url.port), url.hostname);
    socket.on('error', () => undefined);
    socket.write(
      'POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n1',
    );
    // It says that it has read the headers, and goes on with the rest.
    expect(String((await once(socket, 'data'))[0])).toContain('100 Continue');
    const result = resultOf(child);
    child.kill('SIGTERM');
    await until(() => said.includes('draining'), 'it drains');
    child.kill('SIGTERM');
    expect((await result).exit).toBe(143);
    socket.destroy();
  });

  it('keeps its log to itself', async () => {
    const daemon = await startDaemon(PASS);
    const second = await runCli(['serve', '--port', '0'], { cwd: daemon.cwd });
    expect([second.exit, second.stderr]).toEqual([
      2,
      expect.stringContaining(`is in use: process ${daemon.child.pid ?? 0} (colloquium serve) has it since`),
    ]);
    const replay = await runCli(['replay', '--since', '0', '--to-outputs'], { cwd: daemon.cwd });
    expect([replay.exit, replay.stderr]).toEqual([2, expect.stringContaining('(colloquium serve) has it since')]);
    await daemon.end();
  });
});

function configured(config: string): string {
  const cwd = scratch();
  writeFileSync(join(cwd, 'colloquium.yaml'), `server: { port: 0 }\nstate_dir: ./state\n${config}`);
  return cwd;
}
