import { setTimeout as wait } from 'node:timers/promises';
import type { NatsLink } from './link.js';
import { NatsUnavailableError } from './unavailable-error.js';

const DELAY_MIN_MS = 50;
const DELAY_MAX_MS = 2000;

/** Names of the client's errors after which it is unknown whether the server did what was asked. */
const UNSURE = new Set([
  'TimeoutError',
  'NoResponders',
  'RequestError',
  'ConnectionError',
  'ConnectionLostError',
  'DisconnectedError',
  'JetStreamNotEnabled',
  'JetStreamStatusError',
]);

/**
 * For operations that retry: a server that does not answer for this long, in milliseconds, counts as unreachable and is asked
 * again later.
 */
export const PATIENCE_MS = 5000;

/**
 * Retries an operation until the server answers, through outages and leader changes. The operation must be idempotent (a read, or
 * a message with an id). After a lost connection, the operation is retried as soon as the connection is back, whereas the client
 * would wait for its timeout.
 *
 * @param forMs give up after this long; default: never, until the link is closed
 * @throws NatsUnavailableError when it gives up; the server's own refusal unchanged
 */
export async function keepTrying<T>(
  link: Pick<NatsLink, 'closed' | 'state' | 'onAway' | 'onBack'>,
  action: () => Promise<T>,
  forMs = Number.POSITIVE_INFINITY,
): Promise<T> {
  const deadline = performance.now() + forMs;
  for (let delayMs = DELAY_MIN_MS; ; delayMs = Math.min(DELAY_MAX_MS, delayMs * 2)) {
    try {
      return await unlessLost(link, action);
    } catch (error) {
      if (!isUnsure(error)) throw error;
      if (link.closed.aborted || performance.now() + delayMs > deadline) {
        throw new NatsUnavailableError(`NATS does not answer: ${error.message || error.name}`, { cause: error });
      }
      await (link.state.kind === 'away' ? back(link, delayMs) : wait(delayMs * (0.5 + Math.random() / 2)));
    }
  }
}

/** @throws ConnectionLostError as soon as the connection is lost */
async function unlessLost<T>(
  { state, onAway }: Pick<NatsLink, 'state' | 'onAway'>,
  action: () => Promise<T>,
): Promise<T> {
  if (state.kind === 'away') throw new ConnectionLostError();
  let end = (): void => undefined;
  const lost = new Promise<never>((_, reject) => (end = onAway(() => reject(new ConnectionLostError()))));
  try {
    return await Promise.race([action(), lost]);
  } finally {
    end();
  }
}

/** Resolves when the connection is back, or after `ms` milliseconds. */
async function back({ onBack }: Pick<NatsLink, 'onBack'>, ms: number): Promise<void> {
  const ending = new AbortController();
  const end = onBack(() => ending.abort());
  await wait(ms, undefined, { signal: ending.signal }).catch(() => undefined);
  end();
}

class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';

  constructor() {
    super('the connection is lost');
  }
}

function isUnsure(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  // A server short of a resource or a cluster without a leader may recover in a moment.
  return UNSURE.has(error.name) || ('status' in error && Number(error.status) >= 500);
}
