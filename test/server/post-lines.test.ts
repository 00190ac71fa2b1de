import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postLines } from '../support/daemon.js';
import { testServer, type TestServer } from '../support/server.js';

interface Report {
  readonly status?: string;
  readonly error?: string;
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly errors: readonly { readonly line: number; readonly error: string; readonly message: string }[];
}

describe('POST /events with lines', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer({ settings: { bodyBytesMax: 10_000 } });
  });
  afterAll(async () => {
    await server.close();
    expect(server.bugs).toEqual([]);
  });

  async function send(
    body: string | Uint8Array,
    headers = {},
  ): Promise<{ status: number; report: Report; data: unknown[] }> {
    const before = (await server.stored()).length;
    const response = await postLines(`${server.url}/events/orders`, body, headers);
    const report = (await response.json()) as Report;
    const data = (await server.stored()).slice(before).map((event) => event.data);
    return { status: response.status, report, data };
  }

  it('stores every line that is an event, and names the others', async () => {
    const body = Buffer.concat([
      Buffer.from('{"n":1}\r\n\n  \nnot json\n 2 \n'),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from('12345678901234567890'),
    ]);
    const { status, report, data } = await send(body);
    expect(status).toBe(202);
    expect(report).toMatchObject({ status: 'accepted', accepted: 3, duplicates: 0, refused: 2 });
    expect(report.errors.map(({ line, error }) => [line, error])).toEqual([
      [4, 'invalid_json'],
      [6, 'invalid_utf8'],
    ]);
    expect(data.map(String)).toEqual(['[object Object]', '2', '12345678901234567000']);
    expect((await server.stored()).at(-1)?.line).toContain('"data":12345678901234567890,');
  });

  it('answers 400 when no line is an event, and 202 when there is no line', async () => {
    expect(await send('a\nb\n')).toMatchObject({ status: 400, report: { error: 'No line is an event', refused: 2 } });
    expect(await send('')).toMatchObject({ status: 202, report: { accepted: 0, refused: 0 } });
  });

  it('takes a body of any length, a line of a limited one', async () => {
    const line = `"${'x'.repeat(9000)}"\n`;
    const { status, report, data } = await send(line.repeat(300));
    expect([status, report.accepted, data.length]).toEqual([202, 300, 300]);
    const long = await send(`1\n"${'x'.repeat(10_000)}"\n"${'y'.repeat(500_000)}"\n2`);
    expect(long.report).toMatchObject({ accepted: 2, refused: 2 });
    expect(long.report.errors.map((error) => error.line)).toEqual([2, 3]);
    expect(long.report.errors[0]?.message).toContain('server.max_body_size');
  });

  it('lists a hundred rejected lines, and counts all', async () => {
    const { report } = await send('1\nx\n'.repeat(500));
    expect([report.refused, report.errors.length, report.errors.at(-1)?.line]).toEqual([500, 100, 200]);
  });

  it('keeps the order, over many parts', async () => {
    const numbers = Array.from({ length: 5000 }, (_, n) => n);
    const { data } = await send(numbers.join('\n'));
    expect(data).toEqual(numbers);
  });

  it('may be compressed, and gives a trap up', async () => {
    expect(await send(gzipSync('1\n2\n'), { 'content-encoding': 'gzip' })).toMatchObject({ status: 202, data: [1, 2] });
    const { status, report } = await send(gzipSync(Buffer.alloc(200 << 20, ' ')), { 'content-encoding': 'gzip' });
    expect([status, report.error]).toEqual([413, 'Request body too large']);
    const broken = await send(gzipSync('1\n2\n').subarray(0, -6), { 'content-encoding': 'gzip' });
    expect([broken.status, broken.report.error]).toEqual([400, 'Bad request']);
  });

  it('with an idempotency key is stored once, line by line', async () => {
    const key = { 'idempotency-key': 'batch-1' };
    expect((await send('1\n2\n3\n', key)).data).toEqual([1, 2, 3]);
    const again = await send('1\n2\n3\n4\n', key);
    expect([again.report.accepted, again.report.duplicates, again.data]).toEqual([4, 3, [4]]);
  });

  it('with an idempotency key knows lines by what they say, wherever they stand, and how often', async () => {
    const key = { 'idempotency-key': 'batch-2' };
    expect((await send('1\n2\n2\n3\n', key)).data).toEqual([1, 2, 2, 3]);
    const inFront = await send('0\n1\n2\n2\n3\n', key);
    expect([inFront.report.duplicates, inFront.data]).toEqual([4, [0]]);
    const turned = await send('3\n 2 \n2\nno json\n2\n1\n0\n', key);
    expect([turned.report.duplicates, turned.report.refused, turned.data]).toEqual([5, 1, [2]]);
    const many = Array.from({ length: 40_000 }, (_, n) => `${n % 30_000}\n`).join('');
    expect((await send(many, { 'idempotency-key': 'many' })).report).toMatchObject({ duplicates: 0, accepted: 40_000 });
    expect((await send(many, { 'idempotency-key': 'many' })).report).toMatchObject({ duplicates: 40_000 });
  });

  it('that breaks off keeps the lines that were whole and stored', async () => {
    const { socket, closed } = await server.socket();
    const before = (await server.stored()).length;
    socket.write(
      'POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    socket.write('8\r\n"a"\n"b"\n\r\n');
    while ((await server.stored()).length < before + 2) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.write('4\r\n"c');
    socket.destroy();
    await closed;
    await send('"later"\n');
    expect((await server.stored()).slice(before).map(({ data }) => data)).toEqual(['a', 'b', 'later']);
  });
});
