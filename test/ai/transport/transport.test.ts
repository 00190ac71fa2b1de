import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createTransport, HeaderList, TransportError, type StreamReader } from '../../../src/ai/transport/index.js';
import { realWorld, type AiWorld } from '../../../src/ai/ai-world.js';
import { certify } from '../../support/certify.js';
import { scratch } from '../../support/cli.js';
import { timersByHand } from '../../support/timers-by-hand.js';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const thing of open.splice(0)) thing.close();
});

const TIMEOUTS = { connectMs: 10_000, firstByteMs: 20_000, idleMs: 30_000, totalMs: 40_000 };
const never = new AbortController().signal;

async function listen(server: net.Server): Promise<string> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function transport(answerBytesMax?: number, after?: AiWorld['after']) {
  const made = createTransport(TIMEOUTS, after, answerBytesMax);
  open.push(made);
  return made;
}

/** Reads a stream up to a full stop; what has letters is of the answer itself. */
function reader(): StreamReader & { text: string } {
  return {
    text: '',
    push(piece) {
      this.text += piece;
      if (this.text.endsWith('.')) return 'done';
      return this.text.includes('answer') ? 'begun' : 'waiting';
    },
  };
}

async function faultOf(
  url: string,
  answerBytesMax?: number,
  after?: AiWorld['after'],
  stream?: StreamReader,
): Promise<{ fault: string; sent: boolean; lasting?: string }> {
  try {
    await transport(answerBytesMax, after).post(url, new HeaderList(), '{}', never, stream);
  } catch (error) {
    if (error instanceof TransportError) {
      const { fault, sent, lasting, message } = error;
      return { fault, sent, ...(lasting && { lasting: message }) };
    }
    throw error;
  }
  throw new Error('it was answered');
}

describe('a POST', () => {
  it('brings the whole answer, its status and its headers', async () => {
    const url = await listen(
      http.createServer((request, response) => {
        request.pipe(response.writeHead(418, { 'x-a': 'b' }));
      }),
    );
    const answer = await transport().post(
      url,
      new HeaderList({ 'content-type': 'application/json' }),
      '"grüß dich"',
      never,
    );
    expect([answer.status, answer.headers.get('x-a'), answer.body]).toEqual([418, 'b', '"grüß dich"']);
  });

  it('keeps its connection for the next one', async () => {
    let connections = 0;
    const server = http.createServer((_request, response) => void response.end('ok'));
    server.on('connection', () => (connections += 1));
    const url = await listen(server);
    const kept = transport();
    for (let i = 0; i < 3; i++) await kept.post(url, new HeaderList(), '', never);
    expect(connections).toBe(1);
  });

  it('reports a refused connection, where nothing was sent', async () => {
    const server = net.createServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await faultOf(url)).toMatchObject({ fault: 'unreachable', sent: false });
    expect(await faultOf('http://host.invalid/')).toMatchObject({ fault: 'unreachable', sent: false });
  });

  it('says why there is no connection, where that will not heal by itself', async () => {
    const folder = scratch();
    certify(folder, 'localhost');
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(folder, name), 'utf8'));
    const secured = await listen(https.createServer({ key, cert }, (_request, response) => void response.end()));
    const plain = await listen(http.createServer((_request, response) => void response.end()));
    const told = async (url: string) => (await faultOf(url)).lasting?.replace(/:\d+ /, ' ');
    expect(await told(secured.replace('http', 'https'))).toBe(
      'connection to 127.0.0.1 failed: its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)',
    );
    expect(await told(plain.replace('http', 'https'))).toContain('127.0.0.1 failed: it speaks no TLS (');
    expect(await told('http://127.0.0.1:1/')).toBe(
      'connection to 127.0.0.1 failed: nothing listens there (ECONNREFUSED)',
    );
    expect(await told('http://host.invalid/')).toMatch(
      /^connection to host.invalid failed: (there is no such host|its name)/,
    );
  });

  it.each<[string, string, (socket: net.Socket, elapse: (ms: number) => void) => void]>([
    ['nobody answers', 'timeout', (_socket, elapse) => elapse(TIMEOUTS.totalMs)],
    ['the connection is cut', 'reset', (socket) => void socket.destroy()],
    ['the answer is cut', 'reset', (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{')],
    ['the answer is no HTTP', 'reset', (socket) => void socket.end('SSH-2.0-hello\r\n')],
    [
      'the answer never ends',
      'timeout',
      (socket, elapse) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{');
        elapse(TIMEOUTS.totalMs);
      },
    ],
  ])('tells when %s, and that it may have been billed', async (_what, fault, serve) => {
    const sockets = new Set<net.Socket>();
    const clock = timersByHand();
    const server = net.createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).once('data', () => serve(socket, clock.elapse));
    });
    open.push({ close: () => sockets.forEach((socket) => socket.destroy()) });
    expect(await faultOf(await listen(server), undefined, clock.after)).toEqual({ fault, sent: true });
  });

  it('waits for the first byte as long as for the whole where it is not streamed, or nothing else is set', async () => {
    const set = new Set<number>();
    const after: AiWorld['after'] = (delayMs, then) => {
      set.add(delayMs);
      const cancel = realWorld.after(delayMs, then);
      return () => {
        set.delete(delayMs);
        cancel();
      };
    };
    let bounds: readonly number[] = [];
    const url = await listen(
      http.createServer((_request, response) => {
        bounds = [...set];
        response.end('thought over.');
      }),
    );
    const { connectMs, firstByteMs, totalMs } = TIMEOUTS;
    const boundsOf = async (firstMs: number | undefined, stream?: StreamReader): Promise<readonly number[]> => {
      const made = createTransport({ connectMs, firstByteMs: firstMs, totalMs }, after);
      open.push(made);
      await made.post(url, new HeaderList(), '{}', never, stream);
      return bounds;
    };
    expect(await boundsOf(firstByteMs)).toEqual([totalMs]);
    expect(await boundsOf(undefined, reader())).toEqual([totalMs]);
    expect(await boundsOf(firstByteMs, reader())).toEqual([totalMs, firstByteMs]);
  });

  it.each<[string, (bytes: Buffer) => Buffer, Record<string, string>]>([
    ['begins with a byte order mark', (bytes) => Buffer.concat([Buffer.from('\uFEFF'), bytes]), {}],
    ['is gzip', (bytes) => gzipSync(bytes), { 'content-encoding': 'gzip' }],
    ['is brotli', (bytes) => brotliCompressSync(bytes), { 'content-encoding': 'BR' }],
  ])('reads an answer that %s, though nobody asked for it', async (_what, pack, headers) => {
    const body = pack(Buffer.from('{"a":"grüß dich"}'));
    const url = await listen(http.createServer((_request, response) => response.writeHead(200, headers).end(body)));
    expect((await transport().post(url, new HeaderList(), '{}', never)).body).toBe('{"a":"grüß dich"}');
  });

  it.each([gzipSync(Buffer.alloc(2000)), Buffer.from('no gzip')])(
    'unpacks no answer larger than its limit, nor what is not packed',
    async (body) => {
      const headers = { 'content-encoding': 'gzip' };
      const url = await listen(http.createServer((_request, response) => response.writeHead(200, headers).end(body)));
      expect(await faultOf(url, 1000)).toEqual({ fault: 'too-large', sent: true });
    },
  );

  it('accepts no answer larger than its limit', async () => {
    const url = await listen(http.createServer((_request, response) => void response.end('x'.repeat(1001))));
    expect(await faultOf(url, 1000)).toEqual({ fault: 'too-large', sent: true });
  });
});

describe('a streamed answer', () => {
  const serve = (each: (response: http.ServerResponse) => void): Promise<string> =>
    listen(http.createServer((_request, response) => each(response.writeHead(200))));

  it('goes to its reader, in whole characters, however it is cut', async () => {
    const bytes = Buffer.from('\uFEFFdata: grüß dich, 你好 answer.');
    const url = await serve((response) => {
      for (const byte of bytes) response.write(Uint8Array.of(byte));
      response.end();
    });
    const stream = reader();
    const answer = await transport().post(url, new HeaderList(), '{}', never, stream);
    expect([stream.text, answer.body, answer.streamed]).toEqual(['data: grüß dich, 你好 answer.', '', true]);
  });

  it.each(['{"a":1}', '\n\n [1]', '<html>', ''])('that is none is kept whole: %j', async (body) => {
    const stream = reader();
    const url = await serve((response) => void response.end(body));
    const answer = await transport().post(url, new HeaderList(), '{}', never, stream);
    expect([stream.text, answer.body, answer.streamed]).toEqual(['', body, false]);
  });

  it('goes to its reader though it is packed', async () => {
    const url = await listen(
      http.createServer((_request, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('data: answer.')),
      ),
    );
    const stream = reader();
    await transport().post(url, new HeaderList(), '{}', never, stream);
    expect(stream.text).toBe('data: answer.');
  });

  it('is whole at its end, though the connection stays, and breaks then', async () => {
    const url = await serve((response) => void response.write('data: answer.'));
    const answer = await transport().post(url, new HeaderList(), '{}', never, reader());
    expect(answer.streamed).toBe(true);
  });

  it('that has begun does not fall silent for long; before, the model may think', async () => {
    const url = await serve((response) => void response.write(': thinking\n\n'));
    for (const progress of ['waiting', 'begun'] as const) {
      const clock = timersByHand();
      const set: number[] = [];
      const after: AiWorld['after'] = (delayMs, then) => {
        set.push(delayMs);
        return clock.after(delayMs, then);
      };
      const bound = progress === 'begun' ? TIMEOUTS.idleMs : TIMEOUTS.totalMs;
      const push = () => {
        setImmediate(() => clock.elapse(bound));
        return progress;
      };
      expect(await faultOf(url, undefined, after, { push })).toEqual({ fault: 'timeout', sent: true });
      expect(set.includes(TIMEOUTS.idleMs)).toBe(progress === 'begun');
    }
  });

  it('that never ends is broken off when it is too much', async () => {
    const endless = await serve((response) => {
      const more = (): void => {
        if (response.writable) response.write('data: xxxx\n\n'.repeat(100), more);
      };
      more();
    });
    expect(await faultOf(endless, 1000, undefined, { push: () => 'begun' })).toEqual({
      fault: 'too-large',
      sent: true,
    });
    const excess = faultOf(endless, 1_000_000, undefined, { push: () => ({ excess: 'too much' }) });
    expect(await excess).toEqual({ fault: 'too-large', sent: true });
  });
});
