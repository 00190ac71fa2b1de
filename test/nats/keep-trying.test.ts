import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectNats, keepTrying, NatsUnavailableError, type NatsLink } from '../../src/nats/index.js';
import { until } from '../support/daemon.js';
import { NATS_MISSING, startNatsServer, type TestNatsServer } from '../support/nats-server.js';

/** Longer than a test may take: an answer that is waited for is never given up. */
const NEVER_MS = 600_000;

describe.skipIf(NATS_MISSING !== '')(`what a server is asked for${NATS_MISSING}`, () => {
  let server: TestNatsServer;
  let link: NatsLink;

  beforeAll(async () => {
    server = await startNatsServer();
    link = await connectNats({ urls: [server.url], name: 'test' }, Date.now);
    await link.jsm.streams.add({ name: 'TEST', subjects: ['test'] });
  });

  afterAll(async () => {
    await link.close();
    await server.end();
  });

  it('is asked again when the server that had it dies, at once when it is back, and is done once', async () => {
    server.stall();
    let asked = 0;
    const publish = (): Promise<unknown> => {
      asked += 1;
      return link.js.publish('test', 'text', { msgID: 'one', timeout: NEVER_MS });
    };
    const published = keepTrying(link, publish);
    await until(() => asked === 1, 'it is asked');
    await server.kill();
    await until(() => link.state.kind === 'away', 'the connection is lost');
    await server.start();
    await published;
    expect(asked).toBe(2);
    expect((await link.jsm.streams.info('TEST')).state.messages).toBe(1);
  });

  it('is given up while the server is away when there is no time left', async () => {
    await server.kill();
    await until(() => link.state.kind === 'away', 'the connection is lost');
    const asked = keepTrying(link, () => link.jsm.streams.info('TEST'), 100);
    await expect(asked).rejects.toThrow(new NatsUnavailableError('NATS does not answer: the connection is lost'));
    await server.start();
    await until(() => link.state.kind === 'connected', 'it is back');
    expect(await keepTrying(link, () => Promise.resolve('an answer'))).toBe('an answer');
  });
});
