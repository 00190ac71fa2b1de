import { ensureConsumer, streamOf, tokenOf, type NatsLink } from '../../nats/index.js';
import { ingestQueue, type Intake } from '../../server/index.js';
import { natsQueue } from '../../sources/index.js';
import type { SubjectSource } from './plan.js';

/** A message that nobody speaks for is given to somebody else after that. */
const ACK_WAIT_MS = 30_000;
/** Messages held at a time, and given out at a time to all who share the consumer. */
const HELD_MAX = 128;
const OPEN_MAX = 10_000;
/** A server that does not answer for so long is a failure, and tried again. */
const PATIENCE_MS = 5000;

/**
 * Stores the messages of a subject until the signal is raised, each once.
 *
 * @throws NatsUnavailableError; the server's refusal, where there is no such stream; LogError
 */
export async function readSubject(
  { subject, stream: named, consumer: prefix, pipeline }: SubjectSource,
  link: NatsLink,
  intake: Intake,
  signal: AbortSignal,
): Promise<void> {
  const stream = named ?? (await streamOf(link, subject, PATIENCE_MS));
  // The same for who wants the same: a consumer's filter is not changed behind its back.
  const consumer = [prefix, tokenOf(pipeline), tokenOf(subject)].join('__').replaceAll('=', '_');
  await ensureConsumer(
    link,
    { stream, name: consumer, subject, ackWaitMs: ACK_WAIT_MS, openMax: OPEN_MAX },
    PATIENCE_MS,
  );
  const queue = natsQueue(link, [{ stream, consumer, heldMax: HELD_MAX }], ACK_WAIT_MS);
  try {
    await ingestQueue({ queue, stream, pipeline }, intake, signal);
  } finally {
    await queue.close();
  }
}
