import { describe, expect, it } from 'vitest';
import { post, until } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';
import { countResults, openResults, RESULTS, startMember } from '../../support/fleet.js';
import { NATS_MISSING } from '../../support/nats-server.js';
import { sharedNats } from '../../support/shared-nats.js';
import { ASKING, providerOf } from '../ai-stage.js';

describe.skipIf(NATS_MISSING !== '')(`a member that is told to end${NATS_MISSING}`, () => {
  const nats = sharedNats(openResults);

  it('does not wait for ever for a server that stays away, and leaves its work to others', async () => {
    const fake = await startFakeProvider({ wire: 'openai', latencyMs: 1000 });
    const config = `
ai_providers: { openai: ${providerOf(fake)} }
cost_management: { daily_budget: 1 }
fleet: { ack_wait: 2s }
pipelines:
  default:
    stages: [${ASKING}]
    outputs: [{ nats: ${RESULTS} }]
`;
    const member = await startMember(nats.server, config);
    await post(`${member.url}/events`, { q: 'one' });
    await until(() => fake.records.length === 1, 'it is asked');
    await nats.server.kill();
    expect(await member.end()).toBe(0);

    await nats.server.start();
    const heir = await startMember(nats.server, config);
    await until(async () => (await countResults(nats.link)) === 1, 'it is done');
    await until(
      async () => (await nats.link.jsm.streams.info('colloquium_WORK')).state.messages === 0,
      'nothing is left',
    );
    expect(await heir.end()).toBe(0);
    expect(await countResults(nats.link)).toBe(1);
    await fake.close();
  });
});
