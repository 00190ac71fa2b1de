import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';
import { postLines, until } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';
import { countResults, DOUBLING, openResults, readResults, RESULTS, startMember } from '../../support/fleet.js';
import { NATS_MISSING } from '../../support/nats-server.js';
import { sharedNats } from '../../support/shared-nats.js';
import { ASKING, providerOf } from '../ai-stage.js';

interface Health {
  readonly status: string;
  readonly components: readonly { readonly name: string; readonly status: string; readonly error?: string }[];
}

const EVENTS = 400;
const USERS = 5;
const lines = Array.from({ length: EVENTS }, (_, id) => JSON.stringify({ id, user: `u${id % USERS}`, n: id })).join(
  '\n',
);

describe.skipIf(NATS_MISSING !== '')(`a fleet${NATS_MISSING}`, () => {
  const nats = sharedNats(openResults);

  it('loses nothing and doubles nothing when a member and the server are killed, keeps the order, and shows who is there', async () => {
    const [door, victim] = await Promise.all([startMember(nats.server, DOUBLING), startMember(nats.server, DOUBLING)]);
    const healthOf = async (): Promise<Health> => (await (await fetch(`${door.url}/health`)).json()) as Health;
    const members = async (): Promise<readonly { readonly url: string }[]> =>
      ((await (await fetch(`${door.url}/fleet`)).json()) as { members: { url: string }[] }).members;
    const urls = async (): Promise<string[]> => (await members()).map(({ url }) => url).sort();
    await until(async () => isDeepStrictEqual(await urls(), [door.url, victim.url].sort()), 'both are seen');

    await postLines(`${door.url}/events`, lines);
    await until(async () => (await countResults(nats.link)) > 20, 'work has begun');
    expect(await victim.end('SIGKILL')).toBe('SIGKILL');
    await nats.server.kill();
    await until(async () => (await healthOf()).status === 'degraded', 'it says that the server is away');
    expect((await healthOf()).components.find(({ name }) => name === 'nats')?.error).toMatch(
      /^the server is away for /,
    );
    // It still takes events in.
    expect((await postLines(`${door.url}/events`, '{"id":-1,"user":"late","n":1}\n')).status).toBe(202);
    await nats.server.start();

    await until(async () => (await countResults(nats.link)) >= EVENTS + 1, 'everything is out');
    const results = await readResults(nats.link);
    expect(new Set(results.map(({ data }) => data.id)).size).toBe(EVENTS + 1);
    expect(results).toHaveLength(EVENTS + 1);
    for (let user = 0; user < USERS; user++) {
      const ids = results.filter(({ data }) => data.user === `u${user}`).map(({ data }) => data.id);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    }
    expect(results.find(({ data }) => data.id === 7)?.data.doubled).toBe(14);
    expect((await healthOf()).status).toBe('healthy');
    expect(await door.end()).toBe(0);
    expect(existsSync(join(door.cwd, 'dead.ndjson'))).toBe(true);
  });

  it('shares what calls cost and were answered: cost and journal show it on any machine', async () => {
    const fake = await startFakeProvider({ wire: 'openai' });
    const config = `
ai_providers: { openai: ${providerOf(fake)} }
fleet: { name: books, join: true }
pipelines:
  default:
    stages: [${ASKING}]
    outputs: [{ nats: ${RESULTS} }]
`;
    const before = await countResults(nats.link);
    const member = await startMember(nats.server, config);
    await postLines(`${member.url}/events`, '{"q":"one"}\n{"q":"two"}\n');
    await until(async () => (await countResults(nats.link)) === before + 2, 'both are answered');
    const elsewhere = scratch();
    writeFileSync(
      join(elsewhere, 'colloquium.yaml'),
      `nats: { url: "${nats.server.url}" }\nstate_dir: ./state\n${config}`,
    );
    const [cost, calls] = await Promise.all([
      runCli(['cost', '--format', 'csv', '--by', 'pipeline'], { cwd: elsewhere }),
      runCli(['journal', 'ls', '--format', 'json'], { cwd: elsewhere }),
    ]);
    expect(cost.stdout).toMatch(/^default,2,/m);
    expect(calls.stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(calls.stdout).toContain('"pipeline":"default"');

    // Nobody waits for a server that is away: what is spent is told as it was known last.
    const spent = async (): Promise<number> => {
      const page = await (await fetch(`${member.url}/metrics`)).text();
      return Number(/^colloquium_ai_spent_today_usd\{[^}]*\} (\S+)$/m.exec(page)?.[1]);
    };
    await until(async () => (await spent()) > 0, 'it is charged');
    const charged = await spent();
    await nats.server.kill();
    expect(await spent()).toBe(charged);
    await nats.server.start();
    await member.end();
    await fake.close();
  });

  it('goes on when somebody removes what it has to do: recreated, and said', async () => {
    const config = DOUBLING.replace('fleet: {', 'fleet: { name: robbed,');
    const before = await countResults(nats.link);
    const member = await startMember(nats.server, config);
    const send = async (id: number): Promise<void> => {
      await postLines(`${member.url}/events`, `{"id":${id},"user":"robbed","n":1}\n`);
    };
    await send(1000);
    await until(async () => (await countResults(nats.link)) === before + 1, 'the first is out');
    await nats.link.jsm.streams.delete('robbed_WORK');
    await member.says('NATS had lost what we read from');
    await send(1001);
    await until(async () => (await countResults(nats.link)) === before + 2, 'the second is out');
    expect(await (await fetch(`${member.url}/metrics`)).text()).toMatch(/^colloquium_nats_restored_total [1-9]/m);
    await member.end();
  });
});
