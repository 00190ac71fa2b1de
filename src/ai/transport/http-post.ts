import type http from 'node:http';
import { onAbort } from '../../world/index.js';
import { realWorld, type AiWorld } from '../ai-world.js';
import { AnswerBody, type StreamReader } from './answer-body.js';
import { reasonOf } from './connect-reason.js';
import { HeaderList } from './header-list.js';
import { createRoute, type Network } from './route.js';
import { TransportError, type TransportFault } from './transport-error.js';

/** Milliseconds, each counted from the end of the previous phase, except `total`, which is counted from the start. */
export interface Timeouts {
  readonly connectMs: number;
  /**
   * Only for a stream: other answers begin when the model has thought and written them. Undefined: no limit other than that for
   * the whole, because a model may think that long before its first word.
   */
  readonly firstByteMs?: number | undefined;
  /** Between two pieces of a stream, once the answer itself has begun. Undefined: no limit other than that for the whole. */
  readonly idleMs?: number | undefined;
  readonly totalMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  /** Empty if a reader received it. */
  readonly body: string;
  /** Whether it was a stream, all of which the reader has received. */
  readonly streamed: boolean;
}

/** Sends one POST over a connection that is kept alive. */
export interface Transport {
  /**
   * @param stream receives a success that arrives as a stream of events; without it, no stream is requested
   * @returns the whole answer, whatever its status; redirects are not followed
   * @throws TransportError if no whole answer arrived
   */
  post(url: string, headers: HeaderList, body: string, signal: AbortSignal, stream?: StreamReader): Promise<HttpAnswer>;
  /** Closes the idle connections. */
  close(): void;
  /** Whether requests go through it one by one: none asks for a stream, or for the vectors of several texts. */
  readonly isPlain?: boolean;
}

/** How long a connection may take to end its answer after the end of a stream, so that it can be reused. */
const LINGER_MS = 1000;
/** A status that only proxies send: the request did not reach the server. */
const WANTS_PASSWORD = 407;
/** Many times the longest answer of any model. */
const ANSWER_BYTES_MAX_DEFAULT = 8 * 1024 * 1024;

/**
 * Uses Node's HTTP client instead of `fetch`, because it distinguishes a failed connection (nothing was billed) from a broken
 * one, and has a timeout for each phase.
 */
export function createTransport(
  timeouts: Timeouts,
  after: AiWorld['after'] = (delayMs, then) => realWorld.after(delayMs, then),
  answerBytesMax: number = ANSWER_BYTES_MAX_DEFAULT,
  network: Network = {},
): Transport {
  const route = createRoute(network);
  let last = { url: '', target: new URL('http://localhost') };
  /** Most requests go to where the last one went. */
  const targetOf = (url: string): URL => {
    if (last.url !== url) last = { url, target: new URL(url) };
    return last.target;
  };

  return {
    post: (url, headers, body, signal, stream) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(new TransportError('aborted', false, 'the call was aborted'));
          return;
        }
        const target = targetOf(url);
        const request = route.request(target, {
          ...Object.fromEntries(headers),
          'accept-encoding': 'identity',
          'content-length': Buffer.byteLength(body),
        });
        let sent = false;
        let endPhase = (): void => undefined;

        let settled = false;
        const finish = (settle: () => void): void => {
          settled = true;
          endPhase();
          endTotal();
          leave();
          settle();
        };
        const fail = (fault: TransportFault, message: string, lasting = false): void => {
          finish(() => reject(new TransportError(fault, sent, message, lasting)));
          request.destroy();
        };
        const aborted = (): void => fail('aborted', 'the call was aborted');
        const phase = (ms: number, fault: TransportFault, message: string): void => {
          endPhase();
          endPhase = after(ms, () => fail(fault, message));
        };
        const endTotal = after(timeouts.totalMs, () =>
          fail(sent ? 'timeout' : 'unreachable', `no whole answer within ${timeouts.totalMs} ms`),
        );
        const leave = onAbort(signal, aborted);

        if (!request.reusedSocket) {
          phase(timeouts.connectMs, 'unreachable', `no connection to ${target.host} within ${timeouts.connectMs} ms`);
        }
        request.on('socket', (socket) => {
          const connected = (): void => {
            sent = true;
            const { firstByteMs } = timeouts;
            if (firstByteMs === undefined || stream === undefined) endPhase();
            else phase(firstByteMs, 'timeout', `no answer within ${firstByteMs} ms`);
          };
          if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected);
          else connected();
        });
        request.on('error', (error) => {
          const { message, lasting } = reasonOf(error, route.peerOf(target));
          fail(sent ? 'reset' : 'unreachable', message, !sent && lasting);
        });
        request.on('response', (response) => {
          const status = response.statusCode ?? 0;
          if (status === WANTS_PASSWORD) {
            sent = false;
            fail('unreachable', `${route.peerOf(target)} refuses the request: 407 Proxy Authentication Required`, true);
            return;
          }
          const headers = headersOf(response);
          const isSuccess = status >= 200 && status <= 299;
          const packing = headers.get('content-encoding');
          const answer = new AnswerBody(answerBytesMax, packing, isSuccess ? stream : undefined);
          const { idleMs } = timeouts;
          response.on('data', (chunk: Buffer) => {
            if (settled) return;
            const progress = answer.push(chunk);
            if (typeof progress !== 'string') {
              fail('too-large', progress.excess);
            } else if (progress === 'done') {
              response.once(
                'close',
                after(LINGER_MS, () => void request.destroy()),
              );
              finish(() => resolve({ status, headers, body: '', streamed: true }));
            } else if (progress === 'begun' && idleMs !== undefined) {
              phase(idleMs, 'timeout', `no further piece of the answer within ${idleMs} ms`);
            } else {
              endPhase();
            }
          });
          response.on('error', () => fail('reset', 'the connection broke during the answer'));
          response.on('close', () => {
            if (!response.complete) fail('reset', 'the connection broke during the answer');
          });
          response.on('end', () => {
            if (!response.complete || settled) return;
            const whole = answer.end();
            if (whole === 'streamed') finish(() => resolve({ status, headers, body: '', streamed: true }));
            else if ('excess' in whole) fail('too-large', whole.excess);
            else finish(() => resolve({ status, headers, body: whole.text, streamed: false }));
          });
        });
        request.end(body);
      }),
    close() {
      route.close();
    },
  };
}

function headersOf(response: http.IncomingMessage): HeaderList {
  const headers = new HeaderList();
  const { rawHeaders: raw } = response;
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(raw[at] ?? '', raw[at + 1] ?? '');
  return headers;
}
