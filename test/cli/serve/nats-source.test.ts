import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectNats } from '../../../src/nats/index.js';
import { scratch } from '../../support/cli.js';
import { startDaemon, until } from '../../support/daemon.js';
import { NATS_MISSING } from '../../support/nats-server.js';
import { sharedNats } from '../../support/shared-nats.js';

describe.skipIf(NATS_MISSING !== '')(`a source of NATS messages${NATS_MISSING}`, () => {
  const nats = sharedNats(async ({ url }) => {
    const link = await connectNats({ urls: [url], name: 'test' }, Date.now);
    await link.jsm.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
    return link;
  });

  const linesOf = (cwd: string, name: string): readonly string[] => {
    const path = join(cwd, name);
    return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  };

  it('stores each message once, however often it comes, over deaths of the daemon and of the server', async () => {
    const config = `
nats: { url: "${nats.server.url}" }
sources: [{ nats: orders.>, stream: ORDERS, consumer: shop }]
pipelines: { default: { outputs: [{ file: ./out.ndjson }], dead_letter: ./dead.ndjson } }
`;
    const cwd = scratch();
    const publish = (subject: string, payload: string): Promise<unknown> => nats.link.js.publish(subject, payload);
    await publish('orders.eu', '{"n":1}');
    await publish('orders.eu', '{"n":2}\n{"n":3}\n');
    await publish('orders.us', '{\n  "n": 4\n}');
    await publish('orders.us', '{"n":');
    const first = await startDaemon(config, { cwd });
    await until(() => linesOf(cwd, 'out.ndjson').length === 4, 'the messages are out');
    await until(() => linesOf(cwd, 'dead.ndjson').length === 1, 'what is not JSON is a dead letter');
    const consumers = await nats.link.jsm.consumers.list('ORDERS').next();
    expect(consumers.map(({ config: { filter_subject: filter } }) => filter)).toEqual(['orders.>']);
    const name = consumers[0]?.name ?? '';
    await until(async () => {
      const { num_ack_pending: open, num_pending: left } = await nats.link.jsm.consumers.info('ORDERS', name);
      return open + left === 0;
    }, 'they are acknowledged');

    await first.end('SIGKILL');
    // The new consumer gives everything out once more.
    await nats.link.jsm.consumers.delete('ORDERS', name);
    const second = await startDaemon(config, { cwd });
    await until(async () => {
      const [again] = await nats.link.jsm.consumers.list('ORDERS').next();
      return again?.ack_floor.stream_seq === 4;
    }, 'all have come again');
    await nats.server.kill();
    await until(() => isAway(second.url), 'it says that the server is away');
    await nats.server.start();
    await until(() => nats.link.state.kind === 'connected', 'the server is back');
    await publish('orders.eu', '{"n":5}');
    await until(() => linesOf(cwd, 'out.ndjson').includes('{"n":5}'), 'it reads on');
    expect(await second.end()).toBe(0);

    const out = linesOf(cwd, 'out.ndjson').map((line) => (JSON.parse(line) as { n: number }).n);
    expect(out).toEqual([1, 2, 3, 4, 5]);
    const letters = linesOf(cwd, 'dead.ndjson').map((line) => JSON.parse(line) as unknown);
    expect(letters).toMatchObject([
      { error: { kind: 'invalid_json' }, raw: '{"n":', source: 'nats orders.us', line: 1 },
    ]);
  });

  it('goes on when its consumer is removed, and says so when its stream is, until there is one again', async () => {
    const subjects = ['returns'];
    await nats.link.jsm.streams.add({ name: 'RETURNS', subjects });
    const daemon = await startDaemon(`
nats: { url: "${nats.server.url}" }
sources: [{ nats: returns }]
pipelines: { default: { outputs: [{ file: ./out.ndjson }] } }
`);
    const comesOut = async (n: number): Promise<void> => {
      await nats.link.js.publish('returns', `{"n":${n}}`);
      await until(() => linesOf(daemon.cwd, 'out.ndjson').includes(`{"n":${n}}`), `${n} is out`);
    };
    await comesOut(1);
    const [consumer] = await nats.link.jsm.consumers.list('RETURNS').next();
    await nats.link.jsm.consumers.delete('RETURNS', consumer?.name ?? '');
    await daemon.says('NATS had lost what we read from');
    await comesOut(2);

    await nats.link.jsm.streams.delete('RETURNS');
    expect(await daemon.says('an input could not be read or stored')).toMatchObject({
      input: 'nats returns',
      error: 'stream not found',
    });
    const { components } = (await (await fetch(`${daemon.url}/health`)).json()) as {
      components: readonly { readonly name: string; readonly status: string }[];
    };
    expect(components.find(({ name }) => name === 'nats returns')?.status).toBe('degraded');
    const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
    expect(metrics).toMatch(/^colloquium_input_failures_total\{kind="nats"\} [1-9]/m);
    expect(metrics).toMatch(/^colloquium_nats_restored_total 1$/m);

    // The new one counts from 1 again.
    await nats.link.jsm.streams.add({ name: 'RETURNS', subjects });
    await comesOut(3);
    expect(await isAway(daemon.url)).toBe(false);
    expect(linesOf(daemon.cwd, 'out.ndjson')).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    expect(await daemon.end()).toBe(0);
  });
});

async function isAway(url: string): Promise<boolean> {
  const health = (await (await fetch(`${url}/health`)).json()) as { status: string };
  return health.status === 'degraded';
}
