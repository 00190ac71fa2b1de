import { expect, it } from 'vitest';
import {
  digestOf,
  newToken,
  type AccessRules,
  type AuditEntry,
  type KnownToken,
} from '../../../src/server/access/index.js';
import { until } from '../../support/daemon.js';
import { testServer } from '../../support/server.js';

/** Reads a stream to its end, however it ends. */
async function toTheEnd(answer: Response): Promise<void> {
  const reader = answer.body?.getReader();
  try {
    while ((await reader?.read())?.done === false);
  } catch {
    // It was broken off.
  }
}

const SWEPT_OFTEN = { headersMs: 10_000, bodyMs: 20, idleMs: 60_000 };

it.each<[string, (rules: AccessRules, token: KnownToken) => AccessRules]>([
  ['is revoked', (rules) => ({ ...rules, created: new Map() })],
  ['has another role', (rules, token) => ({ ...rules, created: new Map([[token.id, { ...token, role: 'ingest' }]]) })],
  ['has expired', (rules, token) => ({ ...rules, created: new Map([[token.id, { ...token, expires: 1 }]]) })],
  [
    'is another under the same name',
    (rules, token) => ({ ...rules, created: new Map([[token.id, { ...token, digest: digestOf('other') }]]) }),
  ],
])('Streams end soon after their token %s; those of others go on', async (_, change) => {
  const { id, text } = newToken();
  const token: KnownToken = { id, role: 'read', digest: digestOf(text) };
  const staying: KnownToken = { id: 'server.tokens[0]', role: 'admin', digest: digestOf('staying') };
  let rules: AccessRules = { open: 'no', configured: [staying], created: new Map([[id, token]]) };
  const refused: AuditEntry[] = [];
  const server = await testServer({
    server: {
      access: () => rules,
      patience: SWEPT_OFTEN,
      audit: { action: () => undefined, refused: (entry) => refused.push(entry), refusedMore: () => undefined },
    },
  });
  const open = (path: string, authorization: string): Promise<Response> =>
    fetch(server.url + path, { headers: { authorization: `Bearer ${authorization}` } });
  const streams = await Promise.all([open('/tap', text), open('/dashboard/feed', text)]);
  const other = await open('/dashboard/feed', 'staying');
  let otherEnded = false;
  const ended = toTheEnd(other).then(() => (otherEnded = true));
  expect(streams.map(({ status }) => status)).toEqual([200, 200]);

  rules = change(rules, token);
  await Promise.all(streams.map(toTheEnd));
  expect(refused.map(({ path, token: by }) => [path, by])).toEqual([
    ['/tap', id],
    ['/dashboard/feed', id],
  ]);
  await until(async () => (await open('/livez', '')).ok, 'it still answers');
  expect(otherEnded).toBe(false);
  await server.close();
  await ended;
});

it('Streams of nobody in particular end when a token is asked for', async () => {
  let rules: AccessRules = { open: 'anyhow', configured: [], created: new Map() };
  const server = await testServer({ server: { access: () => rules, patience: SWEPT_OFTEN } });
  const stream = await fetch(`${server.url}/tap`);
  rules = { open: 'no', configured: [], created: new Map() };
  await toTheEnd(stream);
  await server.close();
});

it('An upload ends with its token: what comes later is not stored', async () => {
  const { id, text } = newToken();
  const token: KnownToken = { id, role: 'ingest', digest: digestOf(text) };
  let rules: AccessRules = { open: 'no', configured: [], created: new Map([[id, token]]) };
  const server = await testServer({ server: { access: () => rules } });
  const body = new TransformStream<Uint8Array, Uint8Array>();
  const writer = body.writable.getWriter();
  const line = (n: number): Promise<void> => writer.write(new TextEncoder().encode(`{"n":${n}}\n`));
  const answer = fetch(`${server.url}/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${text}`, 'content-type': 'application/x-ndjson' },
    body: body.readable,
    duplex: 'half',
  });
  await line(1);
  await until(async () => (await server.stored()).length === 1, 'the first line is stored');
  rules = { ...rules, created: new Map() };
  await line(2);
  const response = await answer;
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ accepted: 1 });
  await writer.abort().catch(() => undefined);
  expect((await server.stored()).map(({ data }) => data)).toEqual([{ n: 1 }]);
  await server.close();
});
