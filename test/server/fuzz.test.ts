import fc from 'fast-check';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configTokens, type AccessRules } from '../../src/server/access/index.js';
import { OPERATIONS } from '../../src/server/openapi/index.js';
import { anyText } from '../support/any-text.js';
import { testServer, type TestServer } from '../support/server.js';
import { runs } from '../support/runs.js';

const TOKEN = 'the-secret-of-the-fuzz';
const ACCESS: AccessRules = { open: 'no', configured: configTokens([TOKEN]), created: new Map() };

/** What only the inside of a program would say. */
const INSIDE = /\bat .*:[0-9]+:[0-9]+|node_modules|dist\/|src\/|FST_|TypeError|RangeError|undefined/;

/** Routes that answer without an end. */
const LIVE = /^GET \/(?:tap|dashboard\/feed)\b/;

const paths = fc.oneof(
  fc.constantFrom(...Object.keys(OPERATIONS).map((one) => one.split(' ')[1]?.replace(':pipeline', 'orders') ?? '/')),
  fc.constantFrom('/', '//', '/events/', '/events/%2e%2e', '/events/%00', '/events/%zz', '/livez/..', '*', '/EVENTS'),
  fc.webPath().map((path) => (path === '' ? '/' : path)),
);
const queries = fc.oneof(
  fc.constant(''),
  fc.constantFrom(
    '?',
    '?since=',
    '?limit=-1',
    '?limit=1&limit=2',
    '?__proto__=1',
    '?since=%zz',
    '?filter=[',
    '?a[b]=1',
  ),
  fc.webQueryParameters().map((query) => `?${query}`),
);
const headers = fc.oneof(
  fc.constantFrom(
    'Content-Type: application/json',
    'Content-Type: application/x-ndjson',
    'Content-Type: ;',
    'Content-Type: text/html; charset=utf-7',
    'Content-Encoding: gzip',
    'Content-Encoding: br',
    'Idempotency-Key: ',
    'Idempotency-Key: k',
    'Expect: 100-continue',
    'Expect: miracles',
    'Upgrade: websocket',
    'Accept: text/event-stream',
    'Origin: http://evil.example',
    'Sec-Fetch-Site: cross-site',
    'X-Forwarded-For: , ,::1',
    'Range: bytes=0-',
    'Cookie: \u00ff=;',
  ),
  fc.stringMatching(/^X-[A-Za-z]{1,10}: [ -~]{0,30}$/),
);
const bodies = fc.oneof(
  fc.constantFrom('', '1', '{"n":1}\n2\n', '{"n":', '"\\ud800"', '[[[[', '\u0000', '1e999999', '{"__proto__":{}}'),
  fc.json(),
  anyText({ maxLength: 50 }),
);
const requests = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'),
  path: paths,
  query: queries,
  headers: fc.array(headers, { maxLength: 4 }),
  body: bodies,
  authorization: fc.constantFrom('', `Authorization: Bearer ${TOKEN}\r\n`, 'Authorization: Bearer x\r\n'),
});

describe('whatever is sent to whatever route', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer({ server: { access: () => ACCESS } });
  });
  afterAll(async () => {
    await server.close();
    expect(server.bugs).toEqual([]);
  });

  it('meets no error of ours, sees nothing of the inside, and without a token learns nothing', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async ({ method, path, query, headers: lines, body, authorization }) => {
        const bytes = Buffer.from(body);
        const head = `${method} ${path}${query} HTTP/1.1\r\nHost: localhost\r\n${authorization}${lines.map((line) => `${line}\r\n`).join('')}`;
        const answer = await converse(
          server.url,
          Buffer.concat([Buffer.from(`${head}Content-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`), bytes]),
        );
        const statuses = [...answer.matchAll(/^HTTP\/1\.1 ([0-9]{3})/gm)].map(([, status]) => Number(status));
        const last = statuses.at(-1) ?? 0;
        expect(last, answer).toBeGreaterThanOrEqual(200);
        expect(last === 503 || last < 500, answer).toBe(true);
        expect(answer).not.toContain(TOKEN);
        if (last >= 400) expect(answer).not.toMatch(INSIDE);
        const isPublic = path.startsWith('/livez');
        if (!authorization.includes(TOKEN) && !isPublic) expect([400, 401, 403, 417], answer).toContain(last);
      }),
      { numRuns: runs(200) },
    );
  });
});

/** Sends bytes, and resolves with all that comes back until the other side closes. */
function converse(url: string, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      // A stream of live events, or of the dashboard's numbers, does not end by itself.
      if (/^HTTP\/1\.1 200[^]*\r\n\r\n/.test(text) && LIVE.test(bytes.toString('latin1'))) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}
