import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogError } from '../../src/log/index.js';
import { scratch } from '../support/cli.js';
import { post, postLines } from '../support/daemon.js';
import { testServer, type TestServer } from '../support/server.js';

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function answerOf(sent: Promise<Response>): Promise<Answer> {
  const response = await sent;
  expect(response.headers.get('content-type')).toContain('application/json');
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

describe('POST /events', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer();
  });
  afterAll(async () => {
    await server.close();
    expect(server.bugs).toEqual([]);
  });
  const send = (body: string | Uint8Array, headers = {}, path = '/events'): Promise<Answer> =>
    answerOf(post(server.url + path, body, headers));

  it('stores one event and answers 202 with its id', async () => {
    const { status, body } = await send('{"message":"hello world"}');
    expect([status, body]).toEqual([
      202,
      { status: 'accepted', id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown },
    ]);
    const [event] = (await server.stored()).filter(({ id }) => id === body['id']);
    expect(event).toMatchObject({
      data: { message: 'hello world' },
      metadata: { source: 'http', pipeline: 'default', retry_count: 0 },
    });
  });

  it('stores the value as it is written: numbers, white space, escapes and all', async () => {
    const written = '{"id":12345678901234567890,"e":1e400,"d":0.10,"s":"\\ud800\\/","a":1,"a":2, "x" : [ ] }';
    const { body } = await send(`  ${written}\r\n`);
    const [event] = (await server.stored()).filter(({ id }) => id === body['id']);
    expect(event?.line).toContain(`"data":${written},"metadata"`);
  });

  it('puts a value that is written on many lines on one', async () => {
    const { body } = await send('{\n  "a": "x\\ny",\r\n\t"b": [1,\n2]\n}\n');
    const [event] = (await server.stored()).filter(({ id }) => id === body['id']);
    expect(event?.data).toEqual({ a: 'x\ny', b: [1, 2] });
  });

  it('takes any JSON value, not only objects', async () => {
    for (const value of ['null', '0', '"text"', '[]', 'false']) expect((await send(value)).status).toBe(202);
  });

  it('sends an event to the pipeline that the path names', async () => {
    const { body } = await send('1', {}, '/events/orders');
    const [event] = (await server.stored()).filter(({ id }) => id === body['id']);
    expect(event?.metadata['pipeline']).toBe('orders');
    expect(await send('1', {}, '/events/nobody')).toMatchObject({
      status: 404,
      body: { error: 'Not found', message: expect.stringContaining('/events/orders') as unknown },
    });
  });

  it.each([
    ['{"a" 1}', { error: 'Invalid JSON', line: 1, column: 6 }],
    ['{"a":\n  tru}', { error: 'Invalid JSON', line: 2, column: 3 }],
    ['', { error: 'Invalid JSON', line: 1, column: 1 }],
    ['  \n ', { error: 'Invalid JSON' }],
    ['1\n2', { error: 'Invalid JSON', line: 2, column: 1 }],
    ['{"a":"raw\nbreak"}', { error: 'Invalid JSON', line: 1 }],
    ['1\ufeff', { error: 'Invalid JSON' }],
    ['NaN', { error: 'Invalid JSON' }],
    [Buffer.from([0x22, 0xff, 0x22]), { error: 'Invalid UTF-8' }],
    [Buffer.from([0x22, 0xc0, 0x80, 0x22]), { error: 'Invalid UTF-8' }],
  ])('answers 400 to %j, and says where it is wrong', async (body, expected) => {
    expect(await send(body)).toMatchObject({ status: 400, body: expected });
  });

  it('answers 400 to data that is nested too deep', async () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect((await send(nested(1000))).status).toBe(202);
    const { status, body } = await send(nested(1001));
    expect([status, body['message']]).toEqual([400, expect.stringContaining('deeper than 1000 levels')]);
  });

  it('answers 415 to what is not JSON by its type or its encoding', async () => {
    const wrong: Readonly<Record<string, string>>[] = [
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'application/json-patch+json' },
      { 'content-type': 'nonsense' },
      { 'content-encoding': 'br' },
      { 'content-encoding': 'gzip, gzip' },
    ];
    for (const headers of wrong) expect((await send('1', headers)).status).toBe(415);
    expect((await send('1', { 'content-type': 'application/json; charset=utf-8' })).status).toBe(202);
  });

  it('takes gzip, and nothing that only pretends to be', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    expect((await send(gzipSync('{"n":1}'), gzip)).status).toBe(202);
    expect((await send('{"n":1}', gzip)).status).toBe(400);
    expect((await send(gzipSync('{"n":1}').subarray(0, -4), gzip)).status).toBe(400);
  });

  it('answers 413 to a body over the limit, also one that is small until it is decompressed', async () => {
    const large = Buffer.alloc((1 << 20) + 1, ' ');
    expect(await send(large)).toMatchObject({ status: 413, body: { error: 'Request body too large' } });
    expect((await send(gzipSync(Buffer.alloc(100 << 20, ' ')), { 'content-encoding': 'gzip' })).status).toBe(413);
    const stream = new ReadableStream({ pull: (to) => to.enqueue(Buffer.alloc(1 << 16, ' ')) });
    const chunked = fetch(`${server.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: stream,
      duplex: 'half',
    });
    expect((await answerOf(chunked)).status).toBe(413);
    expect(
      (await send(Buffer.concat([Buffer.from('"'), Buffer.alloc((1 << 20) - 2, 'x'), Buffer.from('"')]))).status,
    ).toBe(202);
  });
});

describe('an event with an idempotency key', () => {
  it('is stored once: the same key gets the same id', async () => {
    const server = await testServer();
    const send = (body: string, key: string, path = '/events'): Promise<Answer> =>
      answerOf(post(server.url + path, body, { 'idempotency-key': key }));
    const first = await send('1', 'a');
    const both = await Promise.all([send('1', 'a'), send(' 1\n', 'a')]);
    const other = await send('1', 'b');
    const elsewhere = await send('1', 'a', '/events/orders');
    expect([...both, first].map(({ status, body }) => [status, body['id']])).toEqual(
      [1, 2, 3].map(() => [202, first.body['id']]),
    );
    expect(new Set([first, other, elsewhere].map(({ body }) => body['id'])).size).toBe(3);
    expect((await server.stored()).map(({ data }) => data)).toEqual([1, 1, 1]);
    expect((await send('1', 'x'.repeat(256))).status).toBe(400);
    await server.close();
  });

  it('is rejected with another body, under way or stored, and after a restart', async () => {
    const folder = join(scratch(), 'data');
    let server = await testServer({ folder });
    const send = (body: string, key: string): Promise<Answer> =>
      answerOf(post(`${server.url}/events`, body, { 'idempotency-key': key }));
    const together = await Promise.all(['1', '2', '3'].map((body) => send(body, 'a')));
    expect(together.map(({ status }) => status).sort()).toEqual([202, 422, 422]);
    expect(together.find(({ status }) => status === 422)?.body).toMatchObject({ error: 'Idempotency key reused' });
    const [first] = await server.stored();
    await server.close();
    server = await testServer({ folder });
    expect(await send(JSON.stringify(first?.data), 'a')).toMatchObject({ status: 202, body: { id: first?.id } });
    expect((await send('4', 'a')).status).toBe(422);
    expect((await send('4', 'b')).status).toBe(202);
    expect((await server.stored()).map(({ data }) => data)).toEqual([first?.data, 4]);
    await server.close();
  });

  it('may begin with a byte order mark, which is not part of it', async () => {
    const server = await testServer();
    for (const body of ['\ufeff{"n":1}', '\ufeff \n[1.10]', '\ufeff"\ufeff"']) {
      expect((await answerOf(post(`${server.url}/events`, body))).status, body).toBe(202);
    }
    for (const [body, column] of [
      ['\ufeff', 1],
      ['\ufeff{"n":}', 6],
      ['\ufeff\ufeff1', 1],
    ] as const) {
      expect(await answerOf(post(`${server.url}/events`, body))).toMatchObject({ status: 400, body: { column } });
    }
    const lines = await postLines(`${server.url}/events`, '\ufeff1\n\ufeff2\n3\n');
    expect(await lines.json()).toMatchObject({ accepted: 2, refused: 1, errors: [{ line: 2 }] });
    const streamed = gzipSync(Buffer.from('\ufeff4\n5\n'));
    await postLines(`${server.url}/events`, streamed, { 'content-encoding': 'gzip' });
    expect((await server.stored()).map(({ line }) => /"data":(.*),"metadata"/.exec(line)?.[1])).toEqual([
      '{"n":1}',
      '[1.10]',
      '"\ufeff"',
      '1',
      '3',
      '4',
      '5',
    ]);
    await server.close();
  });

  it('may carry the key itself, where the config says', async () => {
    const server = await testServer({ settings: { idempotencyPointer: '/meta/key' } });
    const events = [
      '{"meta":{"key":"k"},"n":1}',
      '{"n":2,"meta":{"key":"k"}}',
      '{"meta":{"key":7}}',
      '{"meta":{"key": 7.0}}',
      '{"meta":{}}',
      '{"meta":{}}',
      '{"meta":{"key":null}}',
    ];
    for (const event of events) expect((await answerOf(post(`${server.url}/events`, event))).status).toBe(202);
    expect((await server.stored()).map(({ data }) => data)).toEqual([
      { meta: { key: 'k' }, n: 1 },
      { meta: { key: 7 } },
      { meta: {} },
      { meta: {} },
      { meta: { key: null } },
    ]);
    await server.close();
  });
});

describe('a key that an event carries', () => {
  it.each([
    ['first', true],
    ['second', false],
  ])('is another one than the same text in the header, which came %s', async (_, isHeaderFirst) => {
    const server = await testServer({ settings: { idempotencyPointer: '/key' } });
    const carried = (): Promise<Response> => post(`${server.url}/events`, '{"key":"k","n":1}');
    const inHeader = (): Promise<Response> => post(`${server.url}/events`, '{"n":2}', { 'idempotency-key': 'k' });
    for (const send of isHeaderFirst ? [inHeader, carried] : [carried, inHeader]) {
      expect((await send()).status).toBe(202);
    }
    expect(await server.stored()).toHaveLength(2);
    await server.close();
  });
});

describe('a server that cannot take an event now', () => {
  it('answers 503 and when to retry while more events wait for the disk than the queue takes', async () => {
    const server = await testServer({ log: { queueRecordsMax: 3, durability: 'fsync' } });
    const responses = await Promise.all(Array.from({ length: 60 }, (_, n) => post(`${server.url}/events`, n)));
    const statuses = responses.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([202, 503]));
    const refused = responses.find(({ status }) => status === 503);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused?.json()).toMatchObject({ error: 'Queue full' });
    expect((await server.stored()).length).toBe(statuses.filter((status) => status === 202).length);
    await server.close();
  });

  it('answers 503, and nothing of the disk, when the event could not be stored', async () => {
    const failing = { append: fails, tryAppend: fails, recent: () => undefined, read: () => fails() as never };
    function fails(): Promise<never> {
      return Promise.reject(new LogError('write', '/secret/place: the disk is full'));
    }
    const server = await testServer({ server: { store: () => failing } });
    expect(await answerOf(post(`${server.url}/events`, 1))).toEqual({
      status: 503,
      body: { error: 'Storage unavailable', message: 'the event could not be stored' },
    });
    await server.close();
  });

  it('shows nothing of a bug but that it is one', async () => {
    const broken = { append: breaks, tryAppend: breaks, recent: breaks, read: breaks };
    function breaks(): never {
      throw new TypeError('secret is undefined');
    }
    const server = await testServer({ server: { store: () => broken } });
    const answer = await answerOf(post(`${server.url}/events`, 1));
    expect([answer.status, answer.body['error']]).toEqual([500, 'Internal server error']);
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(server.bugs).toHaveLength(1);
    await server.close();
  });
});
