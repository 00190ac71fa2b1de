import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { onAbort } from '../world/index.js';
import { isMissing, NatsUnavailableError, type NatsLink } from '../nats/index.js';

/** A message that we hold until it is acknowledged or released, or until we stop extending it. */
export interface Delivery {
  readonly line: Buffer;
  readonly subject: string;
  /** How often the message was delivered, including this time. */
  readonly times: number;
  /** Its sequence number in its stream. */
  readonly sequence: number;
  /** When the stream received the message, in milliseconds since the epoch. */
  readonly time: number;
}

/** A durable consumer, and how many of its messages we hold at most. */
export interface QueueInlet {
  readonly stream: string;
  readonly consumer: string;
  readonly heldMax: number;
  /**
   * Recreates the consumer when the server says that it is gone.
   *
   * @throws NatsUnavailableError; or the server's refusal, which the next `take` then throws
   */
  readonly restore: () => Promise<void>;
}

/** A consumer that was recreated because somebody had removed it or its stream. */
export interface Restored extends Pick<QueueInlet, 'stream' | 'consumer'> {
  /** What the server reported as missing. */
  readonly reason: string;
}

/** Takes messages of several consumers, as many as can be held, and extends each until it is acknowledged or released. */
export interface NatsQueue {
  /**
   * Waits for messages.
   *
   * @returns messages in the order of their consumers: at least one, or none once the signal is aborted
   * @throws the server's refusal to deliver any
   */
  take(most: number, bytesMost: number, signal: AbortSignal): Promise<readonly Delivery[]>;
  /** Acknowledges finished messages: the server removes them. */
  acknowledge(deliveries: readonly Delivery[]): void;
  /** Releases unfinished messages: the next `take` returns them again, first. */
  giveBack(deliveries: readonly Delivery[]): void;
  /** Stops pulling, and leaves held messages to others. Everything taken must be acknowledged or released before. */
  close(): Promise<void>;
}

/** Short, because for this long the server may deliver events to a machine that has failed. */
const PULL_EXPIRES_MS = 6000;
/**
 * How often the server sends a heartbeat while it has nothing to deliver; after two missed ones, we check that the consumer still
 * exists.
 */
const HEARTBEAT_MS = 2500;
const RETRY_MS = 250;
/** How often we extend held messages within the server's waiting time. */
const WORDS_PER_PATIENCE = 3;

interface Inlet extends QueueInlet {
  held: number;
  wake: () => void;
}

interface Held extends Delivery {
  /** The last delivery. */
  message: JsMsg;
  readonly inlet: Inlet;
}

/** @param ackWaitMs the consumers' configured waiting time: a message that is not extended for this long is redelivered */
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
      // The server did not hear from us and redelivers the message to us.
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

  /** Pulls in batches: waits until half of the capacity is free. */
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
        // The server may be unreachable, which loses no messages, or the consumer may be missing: asking the server tells.
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
            leave();
            resolve();
          };
          const leave = onAbort(signal, wakeTaker);
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

/** A recreated stream counts from 1 again: the timestamp distinguishes its messages from earlier ones. */
function keyOf({ info: { stream, consumer, streamSequence, timestampNanos } }: JsMsg): string {
  return `${stream} ${consumer} ${streamSequence} ${timestampNanos}`;
}
