import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createTransport, HeaderList, TransportError, type Network } from '../../../src/ai/transport/index.js';
import { certify } from '../../support/certify.js';
import { scratch } from '../../support/cli.js';
import { startProxy, type TestProxy, type TestProxyOptions } from '../../support/proxy.js';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const thing of open.splice(0)) thing.close();
});

const certificate = () => {
  const folder = scratch();
  certify(folder, 'localhost');
  const [key = '', cert = ''] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(folder, name), 'utf8'));
  return { key, cert };
};
const OWN = certificate();

const echo: http.RequestListener = (request, response) => {
  request.pipe(response.writeHead(200, { 'x-seen': JSON.stringify(request.headers) }));
};

async function listen(server: Server, scheme: string): Promise<string> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `${scheme}://localhost:${(server.address() as AddressInfo).port}/v1`;
}

const secured = () => listen(https.createServer(OWN, echo), 'https');
const plain = () => listen(http.createServer(echo), 'http');

async function proxy(options?: TestProxyOptions): Promise<TestProxy> {
  const started = await startProxy(options);
  open.push(started);
  return started;
}

function transport(network: Network, connectMs = 20_000) {
  const made = createTransport({ connectMs, totalMs: 20_000 }, undefined, undefined, network);
  open.push(made);
  return made;
}

const never = new AbortController().signal;

async function failureOf(url: string, network: Network, connectMs?: number): Promise<TransportError> {
  try {
    await transport(network, connectMs).post(url, new HeaderList(), '"hi"', never);
  } catch (error) {
    if (error instanceof TransportError) return error;
    throw error;
  }
  throw new Error('it was answered');
}

it('tells of a server that does not speak HTTP', async () => {
  const url = await listen(
    createServer((socket) => socket.once('data', () => socket.end('SSH-2.0-x\r\n'))),
    'http',
  );
  const failure = await failureOf(url, {});
  expect(failure).toMatchObject({ fault: 'reset', sent: true });
  expect(failure.message).toMatch(/^connection to localhost:\d+ failed: it does not answer in HTTP \(HPE_\w+\)$/);
});

describe('a server with a certificate of its own', () => {
  it('is trusted by the authority that is named, and no other', async () => {
    const url = await secured();
    const { body } = await transport({ ca: OWN.cert }).post(url, new HeaderList(), '"hi"', never);
    expect(body).toBe('"hi"');
    expect((await failureOf(url, { ca: certificate().cert })).message).toContain('its certificate is not trusted');
  });
});

describe('through a proxy', () => {
  it.each([undefined, OWN])(
    'with user and password goes a tunnel, which is used again (proxy over TLS: %j)',
    async (tls) => {
      const url = await secured();
      const { asked, url: address } = await proxy({
        credentials: 'me:p%40ss'.replace('%40', '@'),
        ...(tls && { tls }),
      });
      const network = { proxy: address.replace('me:p@ss', 'me:p%40ss'), ca: OWN.cert };
      const through = transport(network);
      for (const text of ['one', 'two']) {
        const answer = await through.post(url, new HeaderList({ authorization: 'Bearer k' }), text, never);
        expect(answer.body).toBe(text);
        expect(answer.headers.get('x-seen')).not.toContain('proxy-authorization');
      }
      expect(asked).toEqual([`CONNECT ${new URL(url).host}`]);
    },
  );

  it('goes a request in plain HTTP by its whole address', async () => {
    const url = await plain();
    const { asked, url: address } = await proxy({ credentials: 'me:secret' });
    const { body, headers } = await transport({ proxy: address }).post(url, new HeaderList(), '"hi"', never);
    expect(body).toBe('"hi"');
    expect(headers.get('x-seen')).toContain(`"host":"${new URL(url).host}"`);
    expect(asked).toEqual([`POST ${url}`]);
  });

  it.each<[string, TestProxyOptions, boolean, string]>([
    ['wants a password', { credentials: 'me:secret' }, true, '407 Proxy Authentication Required'],
    ['forbids it', { status: 403 }, true, '403 Forbidden'],
    ['can not reach the server', { status: 502 }, false, '502 Bad Gateway'],
  ])('that %s nothing was sent, and people know why', async (_what, options, lasting, words) => {
    const url = await secured();
    const { url: address } = await proxy(options);
    const { host } = new URL(address);
    const failure = await failureOf(url, { proxy: `http://${host}`, ca: OWN.cert });
    expect(failure).toMatchObject({
      fault: 'unreachable',
      sent: false,
      lasting,
      message: `the proxy ${host} refuses a connection to ${new URL(url).host}: ${words}`,
    });
  });

  it('that is not there, or says nothing, nothing was sent either', async () => {
    const url = await secured();
    const gone = await failureOf(url, { proxy: 'http://127.0.0.1:1' });
    expect(gone).toMatchObject({ fault: 'unreachable', sent: false, lasting: true });
    expect(gone.message).toBe('connection to the proxy 127.0.0.1:1 failed: nothing listens there (ECONNREFUSED)');
    expect(await failureOf(await plain(), { proxy: 'http://127.0.0.1:1' })).toMatchObject({
      sent: false,
      message: gone.message,
    });
    const { url: closed } = await proxy({ credentials: 'me:secret' });
    const wrong = await failureOf(await plain(), { proxy: closed.replace('secret', 'guess') });
    expect(wrong).toMatchObject({ fault: 'unreachable', sent: false, lasting: true });
    expect(wrong.message).not.toContain('guess');
    const { url: silent } = await proxy({ silent: true });
    expect(await failureOf(url, { proxy: silent }, 200)).toMatchObject({ fault: 'unreachable', sent: false });
  });

  it('a server is not trusted more than without', async () => {
    const { url: address } = await proxy();
    expect(await failureOf(await secured(), { proxy: address })).toMatchObject({
      fault: 'unreachable',
      sent: false,
      lasting: true,
    });
  });
});
