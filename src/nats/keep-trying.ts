import { setTimeout as wait } from 'node:timers/promises';
import { NatsUnavailableError, type NatsLink } from './link.js';

const DELAY_MIN_MS = 50;
const DELAY_MAX_MS = 2000;

/** The names of the client's errors after which nobody knows whether the server has done what it was asked. */
const UNSURE = new Set([
  'TimeoutError',
  'NoResponders',
  'RequestError',
  'ConnectionError',
  'DisconnectedError',
  'JetStreamNotEnabled',
  'JetStreamStatusError',
]);

/**
 * Does something until the server has answered: over its absence, over a change of leader. What is done must be the same when
 * it is done twice (a read, or a message with an id).
 *
 * @param forMs give up after so long; default: never, until the link is closed
 * @throws NatsUnavailableError when it gives up; the server's own refusal as it is
 */
export async function keepTrying<T>(
  link: Pick<NatsLink, 'closed'>,
  action: () => Promise<T>,
  forMs = Number.POSITIVE_INFINITY,
): Promise<T> {
  const deadline = performance.now() + forMs;
  for (let delayMs = DELAY_MIN_MS; ; delayMs = Math.min(DELAY_MAX_MS, delayMs * 2)) {
    try {
      return await action();
    } catch (error) {
      if (!isUnsure(error)) throw error;
      if (link.closed.aborted || performance.now() + delayMs > deadline) {
        throw new NatsUnavailableError(`NATS does not answer: ${error.message || error.name}`, { cause: error });
      }
      await wait(delayMs * (0.5 + Math.random() / 2));
    }
  }
}

function isUnsure(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  // A server that is short of something, or a cluster without a leader, may be well again in a moment.
  return UNSURE.has(error.name) || ('status' in error && Number(error.status) >= 500);
}
