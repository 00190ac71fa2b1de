import type { ConsumerConfig, StreamConfig } from '@nats-io/jetstream';
import { keepTrying } from './keep-trying.js';
import type { NatsLink } from './link.js';

const NANOS_PER_MS = 1_000_000;

/** From nats-server's `errors.json`. */
const STREAM_NOT_FOUND = 10_059;
const CONSUMER_NOT_FOUND = 10_014;
const CONSUMER_NAME_EXISTS = [10_013, 10_148];

/**
 * Creates a stream; an existing one is not changed.
 *
 * @param forMs give up after this long; default: never
 */
export async function ensureStream(
  link: NatsLink,
  config: Partial<StreamConfig> & { readonly name: string },
  forMs?: number,
): Promise<void> {
  const ensure = async (): Promise<void> => {
    try {
      await link.jsm.streams.info(config.name);
    } catch (error) {
      if (codeOf(error) !== STREAM_NOT_FOUND) throw error;
      // Two members may do this at once: adding an identical stream is not an error.
      await link.jsm.streams.add(config);
    }
  };
  await keepTrying(link, ensure, forMs);
}

/**
 * Returns the stream that stores a subject, or the first of several.
 *
 * @throws NatsUnavailableError if the server does not answer within `forMs`; Error if there is no such stream
 */
export function streamOf(link: NatsLink, subject: string, forMs: number): Promise<string> {
  return keepTrying(link, () => link.jsm.streams.find(subject), forMs);
}

/** A durable pull consumer whose messages are acknowledged one by one. */
export interface ConsumerOptions {
  readonly stream: string;
  readonly name: string;
  readonly subject?: string | undefined;
  /** The server redelivers a message that is not acknowledged or extended for this long, in milliseconds. */
  readonly ackWaitMs: number;
  /** The maximum number of unacknowledged messages, over all clients that pull. 1 means strictly one after the other. */
  readonly openMax: number;
}

/**
 * Creates a consumer, or updates an existing one to these settings.
 *
 * @param forMs give up after this long; default: never
 */
export async function ensureConsumer(link: NatsLink, options: ConsumerOptions, forMs?: number): Promise<void> {
  const { stream, name, subject, ackWaitMs, openMax } = options;
  const changeable = { ack_wait: ackWaitMs * NANOS_PER_MS, max_ack_pending: openMax };
  const config: Partial<ConsumerConfig> = {
    ...changeable,
    durable_name: name,
    ack_policy: 'explicit',
    deliver_policy: 'all',
    ...(subject !== undefined && { filter_subject: subject }),
  };
  await keepTrying(
    link,
    async () => {
      try {
        await link.jsm.consumers.add(stream, config);
      } catch (error) {
        if (!CONSUMER_NAME_EXISTS.includes(codeOf(error) ?? 0)) throw error;
        await link.jsm.consumers.update(stream, name, changeable);
      }
    },
    forMs,
  );
}

/** Whether the server says that the stream or consumer does not exist. */
export function isMissing(error: unknown): error is Error {
  return [STREAM_NOT_FOUND, CONSUMER_NOT_FOUND].includes(codeOf(error) ?? 0);
}

function codeOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error ? Number(error.code) : undefined;
}
