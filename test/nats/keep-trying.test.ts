import { describe, expect, it } from 'vitest';
import { connectNats, keepTrying, NatsUnavailableError } from '../../src/nats/index.js';
import { until } from '../support/daemon.js';
import { NATS_MISSING } from '../support/nats-server.js';
import { sharedNats } from '../support/shared-nats.js';

/** Longer than a test may take: an answer that is waited for is never given up. */
const NEVER_MS = 600_000;

describe.skipIf(NATS_MISSING !== '')(`what a server is asked for${NATS_MISSING}`, () => {
  const nats = sharedNats(async ({ url }) => {
    const link = await connectNats({ urls: [url], name: 'test' }, Date.now);
    await link.jsm.streams.add({ name: 'TEST', subjects: ['test'] });
    return link;
  });

  it('is asked again when the server that had it dies, at once when it is back, and is done once', async () => {
    await nats.server.stall();
    let asked = 0;
    const publish = (): Promise<unknown> => {
      asked += 1;
      return nats.link.js.publish('test', 'text', { msgID: 'one', timeout: NEVER_MS });
    };
    const published = keepTrying(nats.link, publish);
    await until(() => asked === 1, 'it is asked');
    await nats.server.kill();
    await until(() => nats.link.state.kind === 'away', 'the connection is lost');
    await nats.server.start();
    await published;
    expect(asked).toBe(2);
    expect((await nats.link.jsm.streams.info('TEST')).state.messages).toBe(1);
  });

  it('gives up while the server is unreachable when there is no time left', async () => {
    await nats.server.kill();
    await until(() => nats.link.state.kind === 'away', 'the connection is lost');
    const asked = keepTrying(nats.link, () => nats.link.jsm.streams.info('TEST'), 100);
    await expect(asked).rejects.toThrow(new NatsUnavailableError('NATS does not answer: the connection is lost'));
    await nats.server.start();
    await until(() => nats.link.state.kind === 'connected', 'it is back');
    expect(await keepTrying(nats.link, () => Promise.resolve('an answer'))).toBe('an answer');
  });
});
