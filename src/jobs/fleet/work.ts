import {
  ensureConsumer,
  ensureStream,
  consumerTokenOf,
  partitionOf,
  PATIENCE_MS,
  tokenOf,
  type ConsumerOptions,
  type NatsLink,
} from '../../nats/index.js';
import { readStoredEvent } from '../../event/index.js';
import { EventReader } from '../../server/index.js';
import { natsSink, type Publication, type Sink } from '../../sinks/index.js';
import { natsQueue, type NatsQueue, type QueueInlet, type Restored } from '../../sources/index.js';
import type { FleetPlan } from '../fleet-plan.js';

/**
 * The work of a fleet: one stream that holds each event until it is done. A pipeline has one subject for unordered events, which
 * many members process at a time, and one per partition of ordered events: the next event of a partition is delivered when the
 * one before is done.
 */
export interface FleetWork {
  /** Where a pipeline's events are put. */
  sinkFor(pipeline: string): Sink;
  /**
   * The queue of a pipeline's events.
   *
   * @param heldMax the most events that this member holds at a time
   * @param onRestored called when somebody removed the stream or a consumer and it was recreated
   */
  queueFor(pipeline: string, heldMax: number, onRestored: (restored: Restored) => void): Promise<NatsQueue>;
}

type WorkStream = Parameters<typeof ensureStream>[1];

const NEWLINE = Buffer.from('\n');
const UNORDERED = 'any';
/** How long the server remembers ids: a message that is sent again within this time is recognized. */
const DUPLICATE_WINDOW_NANOS = 120 * 1_000_000_000;
/** The most unordered events in work at a time, in the whole fleet. */
const OPEN_MAX = 100_000;
/** Events of a partition requested at a time. The server delivers the next when the last is acknowledged, without another request. */
const ORDERED_PULL = 64;

/** @param depthMax the most levels of nesting that data may have */
export async function openWork(link: NatsLink, plan: FleetPlan, depthMax: number): Promise<FleetWork> {
  const stream = `${plan.name}_WORK`;
  const prefix = `colloquium.${plan.name}.work`;
  const work: WorkStream = {
    name: stream,
    subjects: [`${prefix}.>`],
    // Acknowledged messages are removed: the stream holds what is still to be done.
    retention: 'workqueue',
    storage: 'file',
    discard: 'new',
    num_replicas: plan.replicas,
    duplicate_window: DUPLICATE_WINDOW_NANOS,
  };
  await ensureStream(link, work);
  const keyOf = orderKey(plan.orderBy, depthMax);

  const publicationFor =
    (pipeline: string) =>
    (line: Buffer): Publication => {
      const event = readStoredEvent(line.toString('utf8'));
      if (event === undefined)
        throw new Error(`the log holds a line that is not an event: ${line.toString('utf8', 0, 80)}`);
      const { id, retryCount, routingKey } = event.origin;
      const key = routingKey ?? keyOf(event.data);
      const place = key === undefined ? UNORDERED : `p${partitionOf(key, plan.partitions)}`;
      return {
        subject: `${prefix}.${tokenOf(pipeline)}.${place}`,
        id: `${id}:${pipeline}:${retryCount}`,
        payload: line,
      };
    };

  return {
    sinkFor: (pipeline) => natsSink(`the fleet ${plan.name}`, link, publicationFor(pipeline)),
    async queueFor(pipeline, heldMax, onRestored) {
      const inlets: QueueInlet[] = [];
      const places = Array.from({ length: plan.partitions }, (_, index) => `p${index}`);
      for (const place of [UNORDERED, ...(plan.orderBy === undefined ? [] : places)]) {
        const consumer = `${consumerTokenOf(pipeline)}-${place}`;
        const isOrdered = place !== UNORDERED;
        const setup: ConsumerOptions = {
          stream,
          name: consumer,
          subject: `${prefix}.${tokenOf(pipeline)}.${place}`,
          ackWaitMs: plan.ackWaitMs,
          openMax: isOrdered ? 1 : OPEN_MAX,
        };
        const restore = async (): Promise<void> => {
          await ensureStream(link, work, PATIENCE_MS);
          await ensureConsumer(link, setup, PATIENCE_MS);
        };
        await ensureConsumer(link, setup);
        inlets.push({ stream, consumer, heldMax: isOrdered ? ORDERED_PULL : heldMax, restore });
      }
      return natsQueue(link, inlets, plan.ackWaitMs, onRestored);
    },
  };
}

/** Reads the key by which an event is ordered from its data; undefined if it has none. */
function orderKey(pointer: string | undefined, depthMax: number): (data: string) => string | undefined {
  if (pointer === undefined) return () => undefined;
  const reader = new EventReader(depthMax, pointer);
  return (data) => reader.readBody(Buffer.concat([Buffer.from(data), NEWLINE])).key;
}
