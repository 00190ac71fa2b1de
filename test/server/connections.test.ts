import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/daemon.js';
import { testServer, type Conversation, type TestServer } from '../support/server.js';

const POST = 'POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

const statusesOf = (one: Conversation): string[] =>
  [...one.received().matchAll(/HTTP\/1\.1 ([0-9]{3})/g)].map((match) => match[1] ?? '');

describe('a connection', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer();
  });
  afterAll(async () => {
    await server.close();
    expect(server.bugs).toEqual([]);
  });

  it('may carry several requests at once: each gets its answer, in order', async () => {
    const one = await server.socket();
    const event = (n: number): string => `${POST}Content-Length: ${String(n).length}\r\n\r\n${n}`;
    one.socket.write(`${event(1)}${event(22)}${POST}Content-Length: 1\r\n\r\nx${event(333)}`);
    await until(() => statusesOf(one).length === 4, 'four answers');
    expect(statusesOf(one)).toEqual(['202', '202', '400', '202']);
    expect((await server.stored()).map(({ data }) => data)).toEqual([1, 22, 333]);
    one.socket.destroy();
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', '400'],
    ['no method that there is', 'BREW /events HTTP/1.1\r\nHost: x\r\n\r\n', '400'],
    ['headers without end', `GET /health HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, '431'],
    ['two lengths', `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n1`, '400'],
    ['a length and chunks', `${POST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n`, '400'],
    ['a negative length', `${POST}Content-Length: -1\r\n\r\n1`, '400'],
    ['a broken escape in the path', 'GET /events/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '400'],
    [
      'a zero in the path',
      'POST /events/%00 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1\r\nConnection: close\r\n\r\n1',
      '404',
    ],
    ['a way out of the path', 'GET /events/../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '404'],
    [
      'an escaped way out of it',
      'GET /events/%2e%2e%2f%2e%2e%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      '405',
    ],
    [
      'a path that is very long',
      `GET /events/${'a'.repeat(5000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      '405',
    ],
  ])('with %s is answered in JSON', async (_, request, status) => {
    const one = await server.socket();
    one.socket.write(request);
    await one.closed;
    expect(statusesOf(one)).toEqual([status]);
    const [, body = ''] = one.received().split('\r\n\r\n');
    expect(JSON.parse(body)).toMatchObject({
      error: expect.any(String) as unknown,
      message: expect.any(String) as unknown,
    });
  });

  it('that its client closes half gets its answers first, and is closed whole', async () => {
    const event = (length: number): string => `${POST}Content-Length: ${length}\r\n\r\n7`;
    for (const [text, statuses] of [
      [event(1), ['202']],
      [event(1) + event(1) + 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n', ['202', '202', '200']],
      ['GET /events?limit=1 HTTP/1.1\r\nHost: x\r\n\r\n', ['200']],
      ['GET /livez HTTP/1.0\r\n\r\n', ['200']],
      [event(2), ['400']],
      [POST, ['400']],
      ['', []],
    ] as const) {
      const one = await server.socket();
      one.socket.end(text);
      await one.closed;
      expect(statusesOf(one), text).toEqual(statuses);
    }
  });

  it('that is cut off leaves nothing behind', async () => {
    const before = (await server.stored()).length;
    for (let i = 0; i < 50; i++) {
      const { socket } = await server.socket();
      socket.write(`${POST}Content-Length: 100\r\n\r\n{"half":`);
      socket.destroy();
    }
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    expect((await server.stored()).length).toBe(before);
  });
});

describe('a server with little patience', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer({ server: { patience: { headersMs: 100, bodyMs: 100, idleMs: 100 } } });
  });
  afterAll(() => server.close());

  it.each([
    ['sends no request', ''],
    ['sends its headers byte by byte', 'POST /events HTT'],
    ['never ends its headers', POST],
    ['announces a body and sends none', `${POST}Content-Length: 5\r\n\r\n`],
    ['sends half a body', `${POST}Content-Length: 5\r\n\r\n12`],
    ['sends half a chunk', `${POST}Transfer-Encoding: chunked\r\n\r\n5\r\n12`],
    [
      'begins a stream of events and falls silent',
      `${POST.replace('json', 'x-ndjson')}Transfer-Encoding: chunked\r\n\r\n2\r\n1\n\r\n`,
    ],
    ['begins a compressed body and falls silent', `${POST}Content-Encoding: gzip\r\nContent-Length: 50\r\n\r\n`],
  ])('gives a connection up that %s', async (_, start) => {
    const slow = await server.socket();
    slow.socket.write(start);
    await slow.closed;
    for (const status of statusesOf(slow)) expect(['400', '408']).toContain(status);
  });
});

it('whatever a client sends, it meets no error of ours, and every error is JSON', async () => {
  const server = await testServer();
  const word = fc.string({
    unit: fc.constantFrom(
      'a',
      'b',
      '/',
      '?',
      '&',
      '=',
      '.',
      '%',
      '20',
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '1',
      'é',
      '\\',
    ),
    maxLength: 12,
  });
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'),
    path: fc.oneof(
      fc.constantFrom('/events', '/events/orders', '/health', '/livez', '/'),
      word.map((text) => `/${text}`),
    ),
    query: fc.oneof(
      fc.constant(''),
      word.map((text) => `?${text}`),
      fc.constantFrom('?since=1h', '?limit=3', '?since=x', '?limit=-1', '?since=1&since=2'),
    ),
    type: fc.constantFrom(
      'application/json',
      'application/x-ndjson',
      'text/plain',
      ';',
      'application/json;charset=latin1',
    ),
    encoding: fc.constantFrom('identity', 'identity', 'gzip', 'deflate'),
    key: fc.constantFrom('', 'k'),
    body: fc.oneof(fc.json(), word, fc.constant('1\n2\nx\n')),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, query, type, encoding, key, body }) => {
      const headers = {
        'content-type': type,
        'content-encoding': encoding,
        ...(key !== '' && { 'idempotency-key': key }),
      };
      const hasBody = !['GET', 'HEAD'].includes(method);
      const url = server.url + encodeURI(path) + query;
      const response = await fetch(url, { method, ...(hasBody && { body, headers }) });
      const text = await response.text();
      expect(response.status, `${method} ${url}`).toBeLessThan(500);
      if (response.status >= 400 && method !== 'HEAD') {
        expect(JSON.parse(text), url).toMatchObject({ error: expect.any(String) as unknown });
      }
    }),
    { numRuns: 300 },
  );
  expect(server.bugs).toEqual([]);
  await server.close();
});
