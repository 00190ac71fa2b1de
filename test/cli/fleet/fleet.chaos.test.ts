import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NatsLink } from '../../../src/nats/index.js';
import { scratch } from '../../support/cli.js';
import { postLines, until, type TestDaemon } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';
import { countResults, DOUBLING, openResults, readResults, RESULTS, startMember } from '../../support/fleet.js';
import { NATS_MISSING, startNatsServer, type TestNatsServer } from '../../support/nats-server.js';
import { ASKING, providerOf } from '../ai-stage.js';

const MEMBERS = 3;

describe.skipIf(NATS_MISSING !== '')(`a fleet of three${NATS_MISSING}`, () => {
  let server: TestNatsServer;
  let link: NatsLink;
  const members: TestDaemon[] = [];

  beforeEach(async () => {
    server = await startNatsServer();
    link = await openResults(server);
  });

  afterEach(async () => {
    await Promise.all(members.splice(0).map((member) => member.end('SIGKILL')));
    await link.close();
    await server.end();
  });

  it('gets 20,000 events out exactly once, while a member is killed every two seconds and the server twice', async () => {
    const EVENTS = 20_000;
    const folders = Array.from({ length: MEMBERS }, scratch);
    // Every other event has no user: it has no order either.
    const lines = Array.from({ length: EVENTS }, (_, id) =>
      JSON.stringify({ id, n: id, user: id % 2 === 0 ? `u${id % 50}` : null }),
    );
    const config = DOUBLING.replace('ack_wait: 2s', 'ack_wait: 2s, partitions: 32, max_deliveries: 50');
    const start = async (index: number): Promise<void> => {
      members[index] = await startMember(server, config, { cwd: folders[index] ?? '' });
    };
    await Promise.all(folders.map((_, index) => start(index)));
    const share = Math.ceil(EVENTS / MEMBERS);
    for (const [index, member] of members.entries()) {
      const part = lines.slice(index * share, (index + 1) * share).join('\n');
      expect((await postLines(`${member.url}/events`, part)).status).toBe(202);
    }
    for (let kill = 0; (await countResults(link)) < EVENTS && kill < 200; kill++) {
      await sleep(2000);
      const victim = kill % MEMBERS;
      await members[victim]?.end('SIGKILL');
      if (kill === 2 || kill === 5) {
        await server.kill();
        await sleep(500);
        await server.start();
      }
      await start(victim);
    }
    await until(async () => (await countResults(link)) >= EVENTS, 'everything is out');
    const ids = (await readResults(link)).map(({ data }) => data.id);
    expect(new Set(ids).size).toBe(EVENTS);
    expect(ids).toHaveLength(EVENTS);
  });

  it('spends no more than its budget of $1, with 32 calls in flight on each', async () => {
    const ROWS = 700;
    const fake = await startFakeProvider({
      wire: 'openai',
      latencyMs: 20,
      price: { input: 30_000n, output: 60_000n },
    });
    const config = `
ai_providers: { openai: ${providerOf(fake, ', max_concurrency: 32')} }
cost_management: { daily_budget: 1 }
fleet: { ack_wait: 5s }
pipelines:
  default:
    stages: [${ASKING}]
    outputs: [{ nats: ${RESULTS}, envelope: true }]
`;
    for (let index = 0; index < MEMBERS; index++) members.push(await startMember(server, config));
    const words = 'word '.repeat(20);
    for (const [index, member] of members.entries()) {
      const rows = Array.from({ length: ROWS }, (_, row) => JSON.stringify({ q: `${index} ${row} ${words}` })).join(
        '\n',
      );
      expect((await postLines(`${member.url}/events`, rows)).status).toBe(202);
    }
    // There is work for six times as much.
    const budget = 1_000_000_000n;
    const pauses = await Promise.all(members.map((member) => member.says('processing waits')));
    for (const { reason } of pauses) expect(reason).toMatch(/^the budget is spent: /);
    expect(fake.billed).toBeLessThanOrEqual(budget);
    expect(fake.billed).toBeGreaterThan((budget * 95n) / 100n);
    const results = await countResults(link);
    expect(results).toBe(fake.records.length);
    // What is out is done: only the rest is still in the fleet's hands.
    await until(async () => {
      const { state } = await link.jsm.streams.info('colloquium_WORK');
      return state.messages === MEMBERS * ROWS - results;
    }, 'what is out is acknowledged');
    await fake.close();
  });
});
