import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NatsLink } from '../../../src/nats/index.js';
import { postLines, startDaemon, until, type TestDaemon } from '../../support/daemon.js';
import { countResults, DOUBLING, openResults, readResults } from '../../support/fleet.js';
import { NATS_MISSING, startNatsServer, type TestNatsServer } from '../../support/nats-server.js';
import { makeNetworks, NETWORKS_MISSING, type TestNetworks } from '../../support/networks.js';

const MISSING = `${NATS_MISSING}${NETWORKS_MISSING}`;
const EVENTS = 6000;
const USERS = 40;

describe.skipIf(MISSING !== '')(`a fleet on two machines${MISSING}`, () => {
  let networks: TestNetworks;
  let server: TestNatsServer;
  let link: NatsLink;
  const members: TestDaemon[] = [];

  beforeEach(async () => {
    networks = makeNetworks(2);
    server = await startNatsServer('', networks.address);
    link = await openResults(server);
  });

  afterEach(async () => {
    await Promise.all(members.splice(0).map((member) => member.end('SIGKILL')));
    await link.close();
    await server.end();
    networks.remove();
  });

  it('loses nothing, doubles nothing and keeps the order when one is cut off, and takes it in again', async () => {
    const [near, far] = networks.each;
    if (near === undefined || far === undefined) throw new Error('two networks');
    for (const [machine, { name: network, address }] of Object.entries({ near, far })) {
      const config = `nats: { url: "${server.url}" }\n${DOUBLING.replace('ack_wait: 2s', 'ack_wait: 5s')}`;
      const args = ['--join', server.url, '--insecure'];
      members.push(await startDaemon(config, { server: `host: ${address}`, machine, network, args }));
    }
    const [door] = members;
    const hosts = async (): Promise<string> => {
      const answer = (await (await fetch(`${door?.url ?? ''}/fleet`)).json()) as { members: { host: string }[] };
      return answer.members.map(({ host }) => host).join();
    };
    await until(async () => (await hosts()) === 'near,far', 'both are seen');
    const lines = Array.from({ length: EVENTS }, (_, id) => JSON.stringify({ id, n: id, user: `u${id % USERS}` }));
    await postLines(`${door?.url ?? ''}/events`, lines.join('\n'));
    await until(async () => (await countResults(link)) > 200, 'work has begun');
    far.pull();
    await until(async () => (await hosts()) === 'near', 'one is gone');
    await until(async () => (await countResults(link)) >= EVENTS, 'the other does everything');
    far.plug();
    await until(async () => (await hosts()) === 'near,far', 'it is back');
    // What it had in hand comes once more, under the same names.
    await until(async () => (await link.jsm.streams.info('colloquium_WORK')).state.messages === 0, 'nothing is left');
    const results = await readResults(link);
    expect(results).toHaveLength(EVENTS);
    expect(new Set(results.map(({ data }) => data.id)).size).toBe(EVENTS);
    for (let user = 0; user < USERS; user++) {
      const ids = results.filter(({ data }) => data.user === `u${user}`).map(({ data }) => data.id);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    }
  });
});
