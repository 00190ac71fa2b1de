import { afterEach, describe, expect, it } from 'vitest';
import { digestOf, type AccessRules } from '../../src/server/access/index.js';
import { post, until } from '../support/daemon.js';
import { testServer, type Conversation, type TestServer } from '../support/server.js';
import { each } from '../support/runs.js';

const TOKENS = ['greedy', 'modest'] as const;
type Token = (typeof TOKENS)[number] | 'unknown';

const RULES: AccessRules = {
  open: 'no',
  configured: TOKENS.map((id) => ({ id, role: 'admin', digest: digestOf(id) })),
  created: new Map(),
};

const open: Conversation[] = [];
let server: TestServer;

afterEach(async () => {
  for (const { socket } of open.splice(0)) socket.destroy();
  await server.close();
  expect(server.bugs).toEqual([]);
});

/** Sends the start of a request, and leaves it. */
async function begin(token: Token, request: string): Promise<Conversation> {
  const one = await server.socket();
  open.push(one);
  const [line = '', ...rest] = request.split('\r\n');
  one.socket.write([line, 'Host: x', `Authorization: Bearer ${token}`, ...rest].join('\r\n'));
  return one;
}

const isRefused = (one: Conversation): boolean => one.received().includes('HTTP/1.1 503');
const refusedOf = (all: readonly Conversation[]): number => all.filter(isRefused).length;
const authorized = (token: Token): Record<string, string> => ({ authorization: `Bearer ${token}` });

describe('one token', () => {
  each(2)([
    ['taps', 'GET /tap HTTP/1.1\r\n\r\n', 16],
    ['feeds of the dashboard', 'GET /dashboard/feed HTTP/1.1\r\n\r\n', 32],
    [
      'streams of events',
      'POST /events HTTP/1.1\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n1\n\r\n',
      256,
    ],
  ])('cannot take all %s: another still gets one, and what is given back is there again', async (_, request, most) => {
    server = await testServer({ server: { access: () => RULES } });
    const greedy: Conversation[] = [];
    for (let n = 0; n < most + 4; n++) greedy.push(await begin('greedy', request));
    await until(() => refusedOf(greedy) === 4, 'the last four are refused');
    const modest = await begin('modest', request);
    const isStream = request.startsWith('POST');
    if (isStream) modest.socket.write('0\r\n\r\n');
    await until(() => modest.received().includes(isStream ? ' 202 ' : ' 200 '), 'the other is let in');
    // One of its own, and one for what the other has by now.
    for (const one of greedy.filter((each) => !isRefused(each)).slice(0, 2)) one.socket.destroy();
    await until(async () => {
      const again = await begin('greedy', request);
      await until(() => isStream || again.received() !== '', 'there is an answer');
      return !isRefused(again);
    }, 'one may come again');
  });

  it('cannot fill the memory with lines and bodies that never end', async () => {
    const MB = 1 << 20;
    server = await testServer({ server: { access: () => RULES }, settings: { bodyBytesMax: 16 * MB } });
    const before = process.memoryUsage().rss;
    const unfinished = Buffer.alloc(15 * MB, 'x');
    const heads = [
      'POST /events HTTP/1.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: 99999999\r\n\r\n"',
      `POST /events HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: ${16 * MB}\r\n\r\n"`,
    ];
    const all: Conversation[] = [];
    for (let n = 0; n < 40; n++) {
      const one = await begin('greedy', heads[n % 2] ?? '');
      one.socket.write(unfinished);
      all.push(one);
    }
    await until(() => refusedOf(all) >= 38, 'all but two are refused');
    // Of this process, the clients' part of it included.
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * MB);
    const other = await post(`${server.url}/events`, `"${'y'.repeat(10 * MB)}"`, authorized('modest'));
    expect(other.status).toBe(202);
  });
});

describe('a body that is not wanted', () => {
  /** Sends as much as it can. */
  async function flood(
    token: Token,
    request: string,
  ): Promise<{ readonly one: Conversation; readonly sent: () => number }> {
    const one = await begin(token, request);
    const chunk = Buffer.alloc(1 << 16, 'x');
    let sent = 0;
    const more = (): void => {
      while (!one.socket.destroyed && one.socket.write(chunk)) sent += chunk.length;
      sent += chunk.length;
    };
    one.socket.on('drain', more);
    more();
    return { one, sent: () => sent };
  }

  const length = `Content-Length: ${2 ** 31}\r\n\r\n`;
  each(2)([
    ['401', `POST /events HTTP/1.1\r\nContent-Type: application/json\r\n${length}`],
    ['401', `POST /events HTTP/1.1\r\nContent-Type: application/x-ndjson\r\n${length}`],
    ['401', `GET /events HTTP/1.1\r\n${length}`],
    ['404', `POST /nowhere HTTP/1.1\r\n${length}`],
    ['404', `POST /events/nowhere HTTP/1.1\r\nContent-Type: application/x-ndjson\r\n${length}`],
    ['405', `DELETE /events HTTP/1.1\r\n${length}`],
    ['400', `GET /%zz HTTP/1.1\r\n${length}`],
    ['413', `POST /events HTTP/1.1\r\nContent-Type: application/json\r\n${length}`],
    ['415', `POST /events HTTP/1.1\r\nContent-Type: text/plain\r\n${length}`],
    ['200', `GET /health HTTP/1.1\r\n${length}`],
  ])('is cut off after %s to %j', async (status, request) => {
    server = await testServer({ server: { access: () => RULES } });
    const { one, sent } = await flood(status === '401' ? 'unknown' : 'modest', request);
    await one.closed;
    expect(one.received()).toContain(`HTTP/1.1 ${status} `);
    expect(sent()).toBeLessThan(64 << 20);
  });

  it('is cut off when it does not end, and one that is short leaves the connection as it was', async () => {
    server = await testServer({ server: { access: () => RULES } });
    const slow = await begin('modest', 'POST /nowhere HTTP/1.1\r\nContent-Length: 1000\r\n\r\nx');
    await slow.closed;
    expect(slow.received()).toContain(' 404 ');
    const short = await begin('modest', 'POST /nowhere HTTP/1.1\r\nContent-Length: 1000\r\n\r\n');
    short.socket.write('x'.repeat(1000));
    await until(() => short.received().includes(' 404 '), 'the refusal');
    short.socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => short.received().includes(' 200 '), 'the next answer');
  });
});
