import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OTHER_MACHINES_MISSING, runCli, scratch } from '../../support/cli.js';
import { post, postLines, until } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';
import { countResults, openResults, RESULTS, startMember } from '../../support/fleet.js';
import { NATS_MISSING, type TestNatsServer } from '../../support/nats-server.js';
import { sharedNats } from '../../support/shared-nats.js';
import { ASKING, providerOf } from '../ai-stage.js';

describe.skipIf(NATS_MISSING !== '')(`what a dead member leaves${NATS_MISSING}`, { concurrent: true }, () => {
  const nats = sharedNats(openResults);

  const leftToDo = async (fleet: string): Promise<number> =>
    (await nats.link.jsm.streams.info(`${fleet}_WORK`)).state.messages;

  it('is an answer that no other pays for again, and a result that is out once', async () => {
    const fake = await startFakeProvider({ wire: 'openai' });
    // The second output takes nothing until its stream is there: an event stays between its first output and its end.
    const config = `
ai_providers: { openai: ${providerOf(fake)} }
fleet: { name: answered, ack_wait: 2s }
pipelines:
  default:
    stages: [${ASKING}]
    outputs: [{ nats: ${RESULTS} }, { nats: late }]
`;
    const victim = await startMember(nats.server, config);
    await post(`${victim.url}/events`, { q: 'one' });
    await until(async () => (await countResults(nats.link)) === 1, 'it is answered, and with the first output');
    expect(await victim.end('SIGKILL')).toBe('SIGKILL');
    expect(await leftToDo('answered')).toBe(1);

    await nats.link.jsm.streams.add({ name: 'LATE', subjects: ['late'] });
    const heir = await startMember(nats.server, config);
    await until(async () => (await leftToDo('answered')) === 0, 'the heir has done it');
    expect((await nats.link.jsm.streams.info('LATE')).state.messages).toBe(1);
    expect(await countResults(nats.link)).toBe(1);
    expect(fake.records).toHaveLength(1);
    expect(await heir.end()).toBe(0);
    await fake.close();
  });

  it.skipIf(OTHER_MACHINES_MISSING !== '')(
    `on another machine is its place in the order, what it had set aside, and its calls${OTHER_MACHINES_MISSING}`,
    async () => {
      const fake = await startFakeProvider({
        wire: 'openai',
        faults: (n) => (n === 0 ? { kind: 'hang', billed: true } : undefined),
      });
      const limits = ', rate_limit: { requests_per_minute: 600, tokens_per_minute: 100000 }';
      const config = `
ai_providers: { openai: ${providerOf(fake, limits)} }
cost_management: { daily_budget: 1 }
fleet: { name: elsewhere, join: true, ack_wait: 2s, order_by: /user }
pipelines:
  default:
    stages: [${ASKING}]
    outputs: [{ nats: heirs }]
`;
      await nats.link.jsm.streams.add({ name: 'HEIRS', subjects: ['heirs'] });
      const victim = await startMember(nats.server, config, { machine: 'far' });
      await postLines(`${victim.url}/events`, '{"user":"one","q":"first"}\n{"user":"one","q":"second"}\n');
      await until(() => fake.records.length === 1, 'the first is asked');
      // Not before: it might be the one that asks.
      const heir = await startMember(nats.server, config, { machine: 'near' });
      expect(await victim.end('SIGKILL')).toBe('SIGKILL');

      // While the victim may be alive its call is waited for; then it is made again, and the second is let past.
      await until(async () => (await nats.link.jsm.streams.info('HEIRS')).state.messages === 2, 'both are out');
      const texts = await Promise.all(
        [1, 2].map(async (seq) => (await nats.link.jsm.streams.getMessage('HEIRS', { seq }))?.json()),
      );
      expect(texts).toMatchObject([{ response: 'FIRST' }, { response: 'SECOND' }]);
      expect(fake.records.map(({ call }) => call.texts.at(-1))).toEqual(['first', 'first', 'second']);
      // What the dead one had set aside is charged at its worst case: nothing is set aside any more.
      expect(await toldBy(['cost', '--format', 'json'], nats.server, config)).toMatchObject({
        set_aside: 0,
        today: { unknown_requests: 1, requests: 3 },
      });
      expect(await heir.end()).toBe(0);
      await fake.close();
    },
  );

  it.skipIf(OTHER_MACHINES_MISSING !== '')(
    `on another machine is told as in doubt by journal and cost${OTHER_MACHINES_MISSING}`,
    async () => {
      const fake = await startFakeProvider({ wire: 'openai', faults: () => ({ kind: 'hang', billed: true }) });
      const config = `
ai_providers: { openai: ${providerOf(fake)} }
fleet: { name: doubt, join: true }
pipelines:
  default:
    stages: [${ASKING}]
    outputs: [{ nats: ${RESULTS} }]
`;
      const victim = await startMember(nats.server, config, { machine: 'far' });
      await post(`${victim.url}/events`, { q: 'one' });
      await until(() => fake.records.length === 1, 'it is asked');
      const standing = async (): Promise<unknown> =>
        (await toldBy(['journal', 'ls', '--format', 'json'], nats.server, config))['state'];
      expect(await standing()).toBe('under-way');
      expect(await victim.end('SIGKILL')).toBe('SIGKILL');
      const beats = 'KV_colloquium-doubt_members';
      await until(
        async () => (await nats.link.jsm.streams.info(beats)).state.messages === 0,
        'its last beat has faded',
      );
      const [state, cost] = await Promise.all([standing(), toldBy(['cost', '--format', 'json'], nats.server, config)]);
      expect(state).toBe('doubtful');
      expect(cost).toMatchObject({ set_aside: 0, today: { unknown_requests: 1 } });
      await fake.close();
    },
  );
});

/** What a command prints as JSON, in a folder that has nothing but a config of the fleet. */
async function toldBy(
  args: readonly string[],
  server: TestNatsServer,
  config: string,
): Promise<Readonly<Record<string, unknown>>> {
  const cwd = scratch();
  writeFileSync(
    join(cwd, 'colloquium.yaml'),
    `nats: { url: "${server.url}" }
state_dir: ./state
${config}`,
  );
  const { stdout } = await runCli(args, { cwd });
  return JSON.parse(stdout) as Record<string, unknown>;
}
