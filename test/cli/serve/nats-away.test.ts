import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectNats, type NatsLink } from '../../../src/nats/index.js';
import { scratch } from '../../support/cli.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';
import { NATS_MISSING, startNatsServer, type TestNatsServer } from '../../support/nats-server.js';

describe.skipIf(NATS_MISSING !== '')(`a daemon that is started while its NATS server is away${NATS_MISSING}`, () => {
  let server: TestNatsServer;
  let link: NatsLink;
  beforeEach(async () => {
    server = await startNatsServer();
    link = await connectNats({ urls: [server.url], name: 'test' }, Date.now);
    await link.jsm.streams.add({ name: 'IN', subjects: ['in.>'] });
    await link.jsm.streams.add({ name: 'OUT', subjects: ['out.>'] });
    await link.js.publish('in.a', '{"n":"asked for"}');
    await server.kill();
  });
  afterEach(async () => {
    await link.close();
    await server.end();
  });

  const textOf = (cwd: string, name: string): string =>
    existsSync(join(cwd, name)) ? readFileSync(join(cwd, name), 'utf8') : '';
  /** Undefined: the server does not say yet. */
  const sent = async (): Promise<number | undefined> => {
    if (link.state.kind === 'away') return undefined;
    const info = await link.jsm.streams.info('OUT').catch(() => undefined);
    return info?.state.messages;
  };
  const healthOf = async (url: string): Promise<unknown> => (await fetch(`${url}/health`)).json();

  it('stores what comes, does what needs no NATS, and the rest when the server is there', async () => {
    const config = `
nats: { url: "${server.url}" }
sources: [{ nats: in.>, stream: IN, consumer: one, pipeline: file }]
pipelines:
  file: { outputs: [{ file: ./out.ndjson }] }
  subject: { outputs: [{ nats: out.a }], dead_letter: ./dead.ndjson }
`;
    const cwd = scratch();
    const first = await startDaemon(config, { cwd });
    expect((await first.says('NATS is away')).reason).toContain(`cannot use NATS at ${server.url}`);
    expect((await postLines(`${first.url}/events/file`, '{"n":1}\n')).status).toBe(202);
    expect((await postLines(`${first.url}/events/subject`, '{"n":2}\n{"n":3}\n')).status).toBe(202);
    await until(() => textOf(cwd, 'out.ndjson') === '{"n":1}\n', 'what needs no NATS is done');
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    expect(await healthOf(first.url)).toMatchObject({ status: 'degraded' });
    expect(JSON.stringify(await healthOf(first.url))).toContain('pipeline subject waits: the NATS server is away');
    expect(await first.end()).toBe(0);

    const second = await startDaemon(config, { cwd });
    await second.says('NATS is away');
    await server.start();
    await second.says('NATS is there');
    await until(async () => (await sent()) === 2, 'what waited is sent');
    await until(() => textOf(cwd, 'out.ndjson').endsWith('{"n":"asked for"}\n'), 'the subject is read');
    expect(await second.end()).toBe(0);
    expect(textOf(cwd, 'out.ndjson')).toBe('{"n":1}\n{"n":"asked for"}\n');
    expect(await sent()).toBe(2);
    expect(textOf(cwd, 'dead.ndjson')).toBe('');
  });

  it('joins its fleet when the server is there, and passes on what came meanwhile', async () => {
    const config = `
nats: { url: "${server.url}" }
fleet: { name: late, join: true }
pipelines: { default: { outputs: [{ nats: out.b }] } }
`;
    const cwd = scratch();
    const first = await startDaemon(config, { cwd });
    await first.says('NATS is away');
    expect((await postLines(`${first.url}/events`, '{"n":1}\n{"n":2}\n')).status).toBe(202);
    expect((await fetch(`${first.url}/fleet`)).status).toBe(404);
    expect(await first.end()).toBe(0);

    const second = await startDaemon(config, { cwd });
    await second.says('NATS is away');
    expect((await postLines(`${second.url}/events`, '{"n":3}\n')).status).toBe(202);
    await server.start();
    await until(async () => (await fetch(`${second.url}/fleet`)).status === 200, 'it is a member');
    await until(async () => (await sent()) === 3, 'everything is sent');
    expect(await second.end()).toBe(0);
    expect(await sent()).toBe(3);
  });

  it('does not start where the server is there and does not let it in', async () => {
    const refusing = await startNatsServer('authorization { user: a, password: b }\n');
    const config = `
nats: { url: "${refusing.url}" }
pipelines: { default: { outputs: [{ nats: out.c }] } }
`;
    await expect(startDaemon(config)).rejects.toThrow('it rejects our credentials');
    await refusing.end();
  });
});
