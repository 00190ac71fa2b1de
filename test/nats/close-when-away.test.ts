import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { closeWhenAway, connectNats, keepTrying, NatsUnavailableError } from '../../src/nats/index.js';
import { until } from '../support/daemon.js';
import { NATS_MISSING } from '../support/nats-server.js';
import { sharedNats } from '../support/shared-nats.js';

describe.skipIf(NATS_MISSING !== '')(`who comes to an end${NATS_MISSING}`, () => {
  const nats = sharedNats(({ url }) => connectNats({ urls: [url], name: 'test' }, Date.now));

  it('waits for a server that is back in time, and not for one that stays away', async () => {
    const { server, link } = nats;
    const longMs = 60_000;
    const ends = [closeWhenAway(link, longMs)];
    await server.kill();
    await until(() => link.state.kind === 'away', 'the connection is lost');
    await server.start();
    await until(() => link.state.kind === 'connected', 'it is back');
    ends.push(closeWhenAway(link, 1));
    await sleep(20);
    expect(link.closed.aborted).toBe(false);

    const asked = keepTrying(link, () => link.jsm.streams.info('TEST'));
    await server.kill();
    await expect(asked).rejects.toThrow(NatsUnavailableError);
    expect(link.closed.aborted).toBe(true);
    for (const end of ends) end();
  });

  it('gives up a server that was away before', async () => {
    await nats.server.start();
    const link = await connectNats({ urls: [nats.server.url], name: 'test' }, Date.now);
    await nats.server.kill();
    await until(() => link.state.kind === 'away', 'the connection is lost');
    closeWhenAway(link, 1);
    await until(() => link.closed.aborted, 'it is closed');
  });
});
