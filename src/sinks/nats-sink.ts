import { keepTrying, type NatsLink } from '../nats/index.js';
import { SinkError, type Sink } from './sink.js';

const NEWLINE = 0x0a;
/** How many messages may be sent before the first of them is confirmed. */
const WINDOW = 256;
/** A longer outage of the server is a failure of the sink: the writer decides what to do. */
const PATIENCE_MS = 10_000;

/** A line as a message. */
export interface Publication {
  readonly subject: string;
  /** The message's id: the server drops a second message with the same id within its stream's `duplicate_window`. */
  readonly id: string;
  readonly payload: Uint8Array;
}

/**
 * Opens a NATS subject whose messages a stream stores. Lines are sent in order, each as a message; a write ends when the server
 * has confirmed all of them. A retry stores nothing twice, because messages have ids.
 *
 * @param publicationOf makes a message of a line without its newline
 */
export function natsSink(name: string, link: NatsLink, publicationOf: (line: Buffer) => Publication): Sink {
  const publish = async ({ subject, id, payload }: Publication): Promise<void> => {
    await keepTrying(link, () => link.js.publish(subject, payload, { msgID: id }), PATIENCE_MS);
  };
  return {
    name,
    async write(lines) {
      const underWay: Promise<void>[] = [];
      try {
        for (const line of linesOf(lines)) {
          underWay.push(publish(publicationOf(line)));
          if (underWay.length >= WINDOW) await Promise.all(underWay.splice(0));
        }
        await Promise.all(underWay);
      } catch (error) {
        await Promise.allSettled(underWay);
        throw new SinkError(name, 'write', explained(error));
      }
    },
    close: () => Promise.resolve(),
  };
}

function* linesOf(lines: Uint8Array): Generator<Buffer> {
  const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline === -1 ? bytes.length : newline;
    yield bytes.subarray(at, end);
    at = end + 1;
  }
}

/** If no stream stores a subject, the server's silence looks like a server without JetStream. */
function explained(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error) || !/no responders|jetstream is not enabled/i.test(`${cause.message} ${cause.name}`)) {
    return error;
  }
  return new Error('no stream of the server stores this subject, or the server is just starting', { cause: error });
}
