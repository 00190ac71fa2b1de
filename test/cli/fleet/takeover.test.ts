import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NatsLink } from '../../../src/nats/index.js';
import { post, until } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';
import { countResults, openResults, RESULTS, startMember } from '../../support/fleet.js';
import { NATS_MISSING, startNatsServer, type TestNatsServer } from '../../support/nats-server.js';
import { providerOf } from '../ai-stage.js';

const ASKING = `
      - ai:
          request: [obj, model, gpt-4o-mini, messages, [[obj, role, user, content, [$input, /q]]], max_tokens, 60]
          providers: [openai]`;

describe.skipIf(NATS_MISSING !== '')(`what a dead member leaves${NATS_MISSING}`, { concurrent: true }, () => {
  let server: TestNatsServer;
  let link: NatsLink;

  beforeAll(async () => {
    server = await startNatsServer();
    link = await openResults(server);
  });

  afterAll(async () => {
    await link.close();
    await server.end();
  });

  const leftToDo = async (fleet: string): Promise<number> =>
    (await link.jsm.streams.info(`${fleet}_WORK`)).state.messages;

  it('is an answer that no other pays for again, and a result that is out once', async () => {
    const fake = await startFakeProvider({ wire: 'openai' });
    // The second output takes nothing until its stream is there: an event stays between its first output and its end.
    const config = `
ai_providers: { openai: ${providerOf(fake)} }
fleet: { name: answered, ack_wait: 2s }
pipelines:
  default:
    stages:${ASKING}
    outputs: [{ nats: ${RESULTS} }, { nats: late }]
`;
    const victim = await startMember(server, config);
    await post(`${victim.url}/events`, { q: 'one' });
    await until(async () => (await countResults(link)) === 1, 'it is answered, and with the first output');
    expect(await victim.end('SIGKILL')).toBe('SIGKILL');
    expect(await leftToDo('answered')).toBe(1);

    await link.jsm.streams.add({ name: 'LATE', subjects: ['late'] });
    const heir = await startMember(server, config);
    await until(async () => (await leftToDo('answered')) === 0, 'the heir has done it');
    expect((await link.jsm.streams.info('LATE')).state.messages).toBe(1);
    expect(await countResults(link)).toBe(1);
    expect(fake.records).toHaveLength(1);
    expect(await heir.end()).toBe(0);
    await fake.close();
  });
});
