import type { SourcePlan } from '../../config/kinds/index.js';
import { ensureConsumer, consumerTokenOf, PATIENCE_MS, streamOf, type NatsLink } from '../../nats/index.js';
import { ingestQueue, type Intake } from '../../server/index.js';
import { natsQueue, type Restored } from '../../sources/index.js';

/** Messages that a stream of NATS keeps. */
export interface SubjectSource extends SourcePlan {
  /** May have wildcards. */
  readonly subject: string;
  /** Undefined: the one that keeps the subject. */
  readonly stream: string | undefined;
  /** Begins the name of the durable consumer. */
  readonly consumer: string;
}

/** A message that nobody speaks for is given to somebody else after that. */
const ACK_WAIT_MS = 30_000;
/** Messages held at a time, and given out at a time to all who share the consumer. */
const HELD_MAX = 128;
const OPEN_MAX = 10_000;

/**
 * Stores the messages of a subject until the signal is raised, each once. A consumer that somebody removes is recreated, and what
 * it gives out once more is stored all the same once.
 *
 * @throws NatsUnavailableError; the server's refusal, where there is no such stream; LogError
 */
export async function readSubject(
  { subject, stream: named, consumer: prefix, pipeline }: SubjectSource,
  link: NatsLink,
  intake: Intake,
  tell: { readonly reading: () => void; readonly restored: (restored: Restored) => void },
  signal: AbortSignal,
): Promise<void> {
  const stream = named ?? (await streamOf(link, subject, PATIENCE_MS));
  // The same for who wants the same: a consumer's filter is not changed behind its back.
  const consumer = [prefix, consumerTokenOf(pipeline), consumerTokenOf(subject)].join('__');
  const setup = { stream, name: consumer, subject, ackWaitMs: ACK_WAIT_MS, openMax: OPEN_MAX };
  // The stream is somebody else's: when it is gone, that is for them to mend.
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
