import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { isMissing, NatsUnavailableError, type NatsLink } from '../nats/index.js';

/** A message that is ours until it is acknowledged or released, or we fall silent. */
export interface Delivery {
  readonly line: Buffer;
  readonly subject: string;
  /** How often it was given out, this time included. */
  readonly times: number;
  /** Its place in its stream. */
  readonly sequence: number;
  /** Milliseconds since the epoch: when the stream got it. */
  readonly time: number;
}

/** A durable consumer, and how many of its messages we hold at most. */
export interface QueueInlet {
  readonly stream: string;
  readonly consumer: string;
  readonly heldMax: number;
  /**
   * Makes the consumer anew, where the server says that it is gone.
   *
   * @throws NatsUnavailableError; the server's refusal, which is then that of the next `take`
   */
  readonly restore: () => Promise<void>;
}

/** Somebody has removed a consumer, or its stream, and it is there again. */
export interface Restored extends Pick<QueueInlet, 'stream' | 'consumer'> {
  /** What the server said was gone. */
  readonly reason: string;
}

/** Takes messages of several consumers, as many as can be held, and speaks for each until it is done. */
export interface NatsQueue {
  /**
   * Waits for messages.
   *
   * @returns in the order of their consumers: at least one, but none once the signal is raised
   * @throws the server's refusal to give any
   */
  take(most: number, bytesMost: number, signal: AbortSignal): Promise<readonly Delivery[]>;
  /** They are done: the server forgets them. */
  acknowledge(deliveries: readonly Delivery[]): void;
  /** They are not done: the next `take` gives them again, first. */
  giveBack(deliveries: readonly Delivery[]): void;
  /** Pulls nothing more, and leaves what is held to others. What was taken must be acknowledged or given back before. */
  close(): Promise<void>;
}

/** Short: for so long the server may give events to a machine that has fallen silent. */
const PULL_EXPIRES_MS = 6000;
/** The server is heard as often while there is nothing to give; when it misses two, we ask whether the consumer is still there. */
const HEARTBEAT_MS = 2500;
const RETRY_MS = 250;
/** How often within the server's patience we speak for what we hold. */
const WORDS_PER_PATIENCE = 3;

interface Inlet extends QueueInlet {
  held: number;
  wake: () => void;
}

interface Held extends Delivery {
  /** As it was given out last. */
  message: JsMsg;
  readonly inlet: Inlet;
}

/**
 * @param ackWaitMs as the consumers have it: a message that nobody speaks for is given to somebody else after that
 */
export function natsQueue(
  link: NatsLink,
  inlets: readonly QueueInlet[],
  ackWaitMs: number,
  onRestored: (restored: Restored) => void,
): NatsQueue {
  const closing = new AbortController();
  const held = new Map<string, Held>();
  const pulls = new Set<ConsumerMessages>();
  let waiting: Held[] = [];
  let wakeTaker = (): void => undefined;
  let refusal: { readonly error: unknown } | undefined;

  const arrived = (inlet: Inlet, message: JsMsg): void => {
    const { deliveryCount, streamSequence, timestampNanos } = message.info;
    const key = keyOf(message);
    const known = held.get(key);
    if (known !== undefined) {
      // The server has not heard us, and gives it to us once more.
      known.message = message;
      return;
    }
    const one: Held = {
      message,
      inlet,
      subject: message.subject,
      line: Buffer.from(message.data.buffer, message.data.byteOffset, message.data.byteLength),
      times: deliveryCount,
      sequence: streamSequence,
      time: Math.floor(timestampNanos / 1_000_000),
    };
    inlet.held += 1;
    held.set(key, one);
    waiting.push(one);
    wakeTaker();
  };

  const letGo = (one: Held): void => {
    if (!held.delete(keyOf(one.message))) return;
    one.inlet.held -= 1;
    one.inlet.wake();
  };

  const restore = async (inlet: Inlet, { message: reason }: Error): Promise<void> => {
    try {
      await inlet.restore();
      onRestored({ stream: inlet.stream, consumer: inlet.consumer, reason });
    } catch (error) {
      if (error instanceof NatsUnavailableError) return;
      refusal = { error };
      wakeTaker();
    }
  };

  /** Pulls in portions: half of what can be held is free before the next. */
  const isClosing = (): boolean => closing.signal.aborted;
  const pull = async (inlet: Inlet): Promise<void> => {
    let consumer: Consumer | undefined;
    while (!isClosing()) {
      if (inlet.held > inlet.heldMax / 2) {
        await new Promise<void>((resolve) => (inlet.wake = resolve));
        continue;
      }
      try {
        consumer ??= await link.js.consumers.get(inlet.stream, inlet.consumer);
        const portion = {
          max_messages: inlet.heldMax - inlet.held,
          expires: PULL_EXPIRES_MS,
          idle_heartbeat: HEARTBEAT_MS,
        };
        const messages = await consumer.fetch(portion);
        pulls.add(messages);
        try {
          if (isClosing()) await messages.close();
          for await (const message of messages) arrived(inlet, message);
        } finally {
          pulls.delete(messages);
        }
      } catch (error) {
        // It may be that the server is away: messages are not lost by that. Or it has no such consumer: to ask tells.
        consumer = undefined;
        if (isMissing(error)) await restore(inlet, error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  };

  const speak = setInterval(() => {
    for (const { message } of held.values()) message.working();
  }, ackWaitMs / WORDS_PER_PATIENCE);
  const pulling = inlets.map((inlet) => pull({ ...inlet, held: 0, wake: () => undefined }));

  return {
    async take(most, bytesMost, signal) {
      while (waiting.length === 0 && refusal === undefined && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wakeTaker = () => {
            signal.removeEventListener('abort', wakeTaker);
            resolve();
          };
          signal.addEventListener('abort', wakeTaker);
        });
      }
      if (signal.aborted) return [];
      if (refusal !== undefined) {
        const { error } = refusal;
        refusal = undefined;
        throw error;
      }
      let bytes = 0;
      const fits = waiting.findIndex(({ line }, index) => {
        bytes += line.length;
        return index >= most || (index > 0 && bytes > bytesMost);
      });
      return waiting.splice(0, fits === -1 ? waiting.length : fits);
    },
    acknowledge(deliveries) {
      for (const one of deliveries as readonly Held[]) {
        one.message.ack();
        letGo(one);
      }
    },
    giveBack(deliveries) {
      waiting = [...(deliveries as readonly Held[]), ...waiting];
    },
    async close() {
      closing.abort();
      for (const messages of pulls) await messages.close();
      for (const one of [...held.values()]) {
        one.message.nak();
        letGo(one);
      }
      clearInterval(speak);
      await Promise.all(pulling);
    },
  };
}

/** A stream that is made anew counts from 1 again: the time tells its messages from those before. */
function keyOf({ info: { stream, consumer, streamSequence, timestampNanos } }: JsMsg): string {
  return `${stream} ${consumer} ${streamSequence} ${timestampNanos}`;
}
