import type { SourcePlan } from '../../config/kinds/index.js';
import { ensureConsumer, consumerTokenOf, PATIENCE_MS, streamOf, type NatsLink } from '../../nats/index.js';
import { ingestQueue, type Intake } from '../../server/index.js';
import { natsQueue, type Restored } from '../../sources/index.js';

/** The messages of a subject that a NATS stream stores. */
export interface SubjectSource extends SourcePlan {
  /** May have wildcards. */
  readonly subject: string;
  /** Undefined: the stream that stores the subject. */
  readonly stream: string | undefined;
  /** The prefix of the durable consumer's name. */
  readonly consumer: string;
}

/** After this time, an unacknowledged message is delivered to another reader. */
const ACK_WAIT_MS = 30_000;
/** The most messages that this process holds at a time, and that may be pending for all who share the consumer. */
const HELD_MAX = 128;
const OPEN_MAX = 10_000;

/**
 * Stores the messages of a subject, each once, until the signal is aborted. If somebody removes the consumer, it is recreated;
 * messages that it then delivers again are still stored only once.
 *
 * @throws NatsUnavailableError; the server's refusal if there is no such stream; LogError
 */
export async function readSubject(
  { subject, stream: named, consumer: prefix, pipeline }: SubjectSource,
  link: NatsLink,
  intake: Intake,
  tell: { readonly reading: () => void; readonly restored: (restored: Restored) => void },
  signal: AbortSignal,
): Promise<void> {
  const stream = named ?? (await streamOf(link, subject, PATIENCE_MS));
  // The name depends on pipeline and subject, so that a consumer's filter never has to be changed.
  const consumer = [prefix, consumerTokenOf(pipeline), consumerTokenOf(subject)].join('__');
  const setup = { stream, name: consumer, subject, ackWaitMs: ACK_WAIT_MS, openMax: OPEN_MAX };
  // Only the consumer is restored: the stream belongs to somebody else, who must repair it.
  const restore = (): Promise<void> => ensureConsumer(link, setup, PATIENCE_MS);
  await restore();
  tell.reading();
  const queue = natsQueue(link, [{ stream, consumer, heldMax: HELD_MAX, restore }], ACK_WAIT_MS, tell.restored);
  try {
    await ingestQueue({ queue, stream, pipeline }, intake, signal);
  } finally {
    await queue.close();
  }
}
