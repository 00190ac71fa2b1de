import http from 'node:http';
import https from 'node:https';
import { brotliDecompressSync, gunzipSync, inflateSync, type ZlibOptions } from 'node:zlib';
import { realWorld, type AiWorld } from '../ai-world.js';
import { TransportError, type TransportFault } from './transport-error.js';

/** Milliseconds, each counted from the end of the phase before, but `total` from the start. */
export interface Timeouts {
  readonly connectMs: number;
  /** Undefined: as long as the whole may take. An answer that is not streamed begins when the model has thought and written it all. */
  readonly firstByteMs?: number | undefined;
  readonly totalMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends one POST over a connection that is kept alive. */
export interface Transport {
  /**
   * @returns the whole answer, whatever its status; redirects are not followed
   * @throws TransportError when no whole answer came
   */
  post(url: string, headers: Headers, body: string, signal: AbortSignal): Promise<HttpAnswer>;
  /** Closes the idle connections. */
  close(): void;
}

/** Idle connections are closed sooner than by most servers: else the next request would hit a closed one. */
const IDLE_MS = 4000;
/** Many times the longest answer of any model. */
const ANSWER_BYTES_MAX_DEFAULT = 8 * 1024 * 1024;

/**
 * Node's HTTP client and not `fetch`: it distinguishes a failed connection (nothing was billed) from a broken one, and has
 * a time-out for each phase.
 */
export function createTransport(
  timeouts: Timeouts,
  after: AiWorld['after'] = (delayMs, then) => realWorld.after(delayMs, then),
  answerBytesMax: number = ANSWER_BYTES_MAX_DEFAULT,
): Transport {
  const options = { keepAlive: true, timeout: IDLE_MS, scheduling: 'lifo' } as const;
  const agents = { http: new http.Agent(options), https: new https.Agent(options) };

  return {
    post: (url, headers, body, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(new TransportError('aborted', false, 'the call was aborted'));
          return;
        }
        const target = new URL(url);
        const secure = target.protocol === 'https:';
        const request = (secure ? https : http).request(target, {
          method: 'POST',
          agent: secure ? agents.https : agents.http,
          headers: {
            ...Object.fromEntries(headers),
            'accept-encoding': 'identity',
            'content-length': Buffer.byteLength(body),
          },
        });
        let sent = false;
        let endPhase = (): void => undefined;

        const finish = (settle: () => void): void => {
          endPhase();
          endTotal();
          signal.removeEventListener('abort', onAbort);
          settle();
        };
        const fail = (fault: TransportFault, message: string, lasting = false): void => {
          finish(() => reject(new TransportError(fault, sent, message, lasting)));
          request.destroy();
        };
        const onAbort = (): void => fail('aborted', 'the call was aborted');
        const phase = (ms: number, fault: TransportFault, message: string): void => {
          endPhase();
          endPhase = after(ms, () => fail(fault, message));
        };
        const endTotal = after(timeouts.totalMs, () =>
          fail(sent ? 'timeout' : 'unreachable', `no whole answer within ${timeouts.totalMs} ms`),
        );
        signal.addEventListener('abort', onAbort, { once: true });

        phase(timeouts.connectMs, 'unreachable', `no connection to ${target.host} within ${timeouts.connectMs} ms`);
        request.on('socket', (socket) => {
          const connected = (): void => {
            sent = true;
            const { firstByteMs } = timeouts;
            if (firstByteMs === undefined) endPhase();
            else phase(firstByteMs, 'timeout', `no answer within ${firstByteMs} ms`);
          };
          if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', connected);
          else connected();
        });
        request.on('error', (error) => {
          const { message, lasting } = reasonOf(error, target.host);
          fail(sent ? 'reset' : 'unreachable', message, !sent && lasting);
        });
        request.on('response', (response) => {
          endPhase();
          const chunks: Buffer[] = [];
          let bytes = 0;
          response.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes > answerBytesMax) fail('too-large', `the answer is larger than ${answerBytesMax} bytes`);
            else chunks.push(chunk);
          });
          response.on('error', () => fail('reset', 'the connection broke during the answer'));
          response.on('close', () => {
            if (!response.complete) fail('reset', 'the connection broke during the answer');
          });
          response.on('end', () => {
            if (!response.complete) return;
            const headers = headersOf(response);
            const body = inflated(Buffer.concat(chunks), headers.get('content-encoding'), answerBytesMax);
            if (body === undefined) {
              fail('too-large', `the answer is larger than ${answerBytesMax} bytes, or packed in an unknown way`);
              return;
            }
            // A byte order mark is no part of the text.
            const text = body.toString('utf8').replace(/^\uFEFF/, '');
            finish(() => resolve({ status: response.statusCode ?? 0, headers, body: text }));
          });
        });
        request.end(body);
      }),
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** What servers send packed, though they were asked not to. */
const INFLATERS: Readonly<Record<string, (bytes: Buffer, options: ZlibOptions) => Buffer>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** The bytes as they were before they were packed; undefined when they would be too many, or can't be unpacked. */
function inflated(bytes: Buffer, encoding: string | null, bytesMax: number): Buffer | undefined {
  const inflate = INFLATERS[encoding?.trim().toLowerCase() ?? ''];
  if (inflate === undefined) return bytes;
  try {
    return inflate(bytes, { maxOutputLength: bytesMax });
  } catch {
    return undefined;
  }
}

function headersOf(response: http.IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(response.headersDistinct)) {
    for (const value of values ?? []) {
      try {
        headers.append(name, value);
      } catch {
        // Node's parser accepts bytes in a header that the Headers class rejects: no header that we read has them.
      }
    }
  }
  return headers;
}

/** What Node's code means. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be looked up',
  EPROTO: 'it speaks no TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it speaks no TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it speaks no TLS',
};
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_/;

/** What went wrong, without the address and port that Node puts into some messages. */
function reasonOf(error: Error, host: string): { readonly message: string; readonly lasting: boolean } {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const words = WORDS[code] ?? (CERTIFICATE.test(code) ? 'its certificate is not trusted' : undefined);
  const reason = words === undefined ? code : `${words} (${code})`;
  return { message: `connection to ${host} failed: ${reason}`, lasting: words !== undefined };
}
