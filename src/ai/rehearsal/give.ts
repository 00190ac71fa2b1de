import { sleep } from '../../world/index.js';
import type { FaultKind } from '../../config/tests/index.js';
import type { StandInOptions } from '../provider/index.js';
import { HeaderList, TransportError, type HttpAnswer } from '../transport/index.js';

/** An answer with this body. */
export function answerWith(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: new HeaderList(headers), body: text, streamed: false };
}

/** A fault that comes before there is an answer, or in place of one. */
export interface FaultToGive {
  readonly is: FaultKind;
  /** The wait that an error asks for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * Does what a provider with a fault would do.
 *
 * @param answer gives the answer that the fault spoils
 * @throws TransportError
 */
export async function giveFault(
  { is, retryAfterMs }: FaultToGive,
  { bodies, timeouts, after }: StandInOptions,
  signal: AbortSignal,
  answer: () => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const wait = async (ms: number): Promise<void> => {
    if (!(await sleep({ after }, ms, signal))) throw new TransportError('aborted', false, 'the call was aborted');
  };
  switch (is.kind) {
    case 'status': {
      const headers = retryAfterMs === undefined ? {} : { 'retry-after-ms': String(retryAfterMs) };
      return answerWith(is.status, bodies.error(is.status, is.code, 'a fault of the test'), headers);
    }
    case 'connection refused':
      throw new TransportError('unreachable', false, 'connection failed: nothing listens there (a fault of the test)');
    case 'connection reset':
      throw new TransportError('reset', true, 'the connection broke during the answer (a fault of the test)');
    case 'timeout before send':
      await wait(timeouts.connectMs);
      throw new TransportError(
        'unreachable',
        false,
        `no connection within ${timeouts.connectMs} ms (a fault of the test)`,
      );
    case 'timeout after send':
      await wait(timeouts.totalMs);
      throw new TransportError('timeout', true, `no whole answer within ${timeouts.totalMs} ms (a fault of the test)`);
    case 'cut body': {
      await answer();
      throw new TransportError('reset', true, 'the connection broke during the answer (a fault of the test)');
    }
    case 'broken json': {
      const { body, ...rest } = await answer();
      return { ...rest, body: body.slice(0, -1) };
    }
    default: {
      const whole = await answer();
      if (whole.status !== 200) return whole;
      return { ...whole, body: JSON.stringify(bodies.withDefect(JSON.parse(whole.body), is.kind)) };
    }
  }
}
