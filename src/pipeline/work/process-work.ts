import type { Block, Delivery, NatsQueue } from '../../sources/index.js';
import { Acknowledger } from './acknowledger.js';
import { noCounts } from '../counts.js';
import { deadLetterHead, deadLetterLine } from '../dead-letter.js';
import { EventFailure } from '../failure.js';
import type { BlockTally } from '../log/process-log.js';
import { OutputWatch } from '../log/output-watch.js';
import { closeSinks, openSinks, type OpenSink, type OutputFinding } from '../log/process-log-outputs.js';
import { runBlocks, type BlockExecutor, type BlockRunResult } from '../run-blocks.js';

const LINES_MAX = 128;
const BYTES_MAX = 1 << 20;
const SOURCE = 'fleet';
const NEWLINE = Buffer.from('\n');

/** A pipeline as a member of a fleet works on it. */
export interface WorkProcessing {
  readonly pipeline: string;
  /** Stored events, given out by a server to whoever asks. */
  readonly queue: NatsQueue;
  /** Begins an executor that knows stored events (`input: 'envelope'`). One that failed is not used again. */
  readonly openExecutor: () => BlockExecutor & { close(): Promise<void> };
  /** Whether the executor wants blocks of one line each. */
  readonly singleLines: boolean;
  readonly outputs: readonly OpenSink[];
  readonly deadLetters: OpenSink;
  /** What a dead letter keeps of an event at most. */
  readonly rawMax: number;
  /** An event that was given out more often than this is dead-lettered: it may be what kills those who work on it. */
  readonly deliveriesMax: number;
  /** Somebody else has renamed, removed or changed an output file. */
  readonly changed: (file: string, finding: OutputFinding) => void;
  readonly world: {
    /** Milliseconds since the epoch. */
    readonly now: () => number;
    readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  };
}

export interface WorkProgress {
  delivered(tally: BlockTally): void;
  /** This many events are done, for good. */
  acknowledged(events: number): void;
  opened(watch: OutputWatch): void;
}

/**
 * Runs a pipeline over what a queue gives, until it is stopped. An event is acknowledged when what became of it is with the
 * outputs, on the medium where they are files: one that was being worked on at a crash is given to somebody else, so that
 * outputs are at-least-once, and exactly once where they know events by their ids.
 *
 * @param signal ends the taking; what was taken is finished
 * @throws SinkError
 */
export async function processWork(
  processing: WorkProcessing,
  progress: WorkProgress,
  signal: AbortSignal,
): Promise<BlockRunResult> {
  const { queue } = processing;
  const sinks = await openSinks(processing.outputs, processing.deadLetters, undefined, processing.changed);
  const reading = new AbortController();
  const stopReading = (): void => reading.abort();
  signal.addEventListener('abort', stopReading, { once: true });
  if (signal.aborted) stopReading();
  /** Taken, and not acknowledged. */
  const open = new Set<Delivery>();
  const batches = new Map<number, readonly Delivery[]>();
  let failure: { readonly error: unknown } | undefined;

  const acknowledger = new Acknowledger<Delivery>({
    files: sinks.files,
    acknowledge(deliveries) {
      queue.acknowledge(deliveries);
      for (const one of deliveries) open.delete(one);
      progress.acknowledged(deliveries.length);
    },
    onFailure(error) {
      failure = { error };
      stopReading();
    },
  });

  /** Gives up an event that was given out too often. */
  const bury = async (delivery: Delivery): Promise<void> => {
    const message = `the event was given out ${delivery.times - 1} times, and nobody has finished it`;
    const remains = { envelope: delivery.line.toString('utf8') };
    const head = deadLetterHead(new EventFailure('undeliverable', message), remains, SOURCE, processing.rawMax);
    await sinks.deadLetters.write(Buffer.from(deadLetterLine(head, undefined)));
    const counts = { ...noCounts(), input: 1, deadLettered: 1 };
    progress.delivered({
      counts,
      failures: [{ kind: 'undeliverable', stage: undefined, count: 1 }],
      observations: [],
      storedAt: delivery.time,
    });
    acknowledger.done([delivery]);
  };

  async function* blocks(): AsyncGenerator<Block> {
    for (let ticket = 0; ;) {
      const taken = await queue.take(processing.singleLines ? 1 : LINES_MAX, BYTES_MAX, reading.signal);
      if (taken.length === 0) return;
      for (const one of taken) open.add(one);
      for (const batch of apart(taken)) {
        const [first] = batch;
        if (first !== undefined && first.times > processing.deliveriesMax) {
          await bury(first);
          continue;
        }
        ticket += 1;
        batches.set(ticket, batch);
        const bytes = Buffer.concat(batch.flatMap(({ line }) => [line, NEWLINE]));
        yield { kind: 'lines', bytes, source: SOURCE, startsFile: false, resumeAt: ticket };
      }
    }
  }

  // A file that is another one now needs no more than that: nothing is cut back.
  const onChange = (): Promise<void> => Promise.resolve();
  const watch = new OutputWatch({ files: sinks.files, tell: processing.changed, onChange });
  const executor = processing.openExecutor();
  try {
    progress.opened(watch);
    const result = await runBlocks({
      executor,
      blocks: blocks(),
      outputs: sinks.outputs,
      deadLetters: sinks.deadLetters,
      now: processing.world.now,
      stopReading,
      unordered: true,
      beforeWrite: () => watch.beforeBlock(),
      onDelivered({ resumeAt: ticket, ...tally }) {
        watch.afterBlock();
        const storedAt = typeof ticket === 'number' ? batches.get(ticket)?.[0]?.time : undefined;
        progress.delivered({ ...tally, storedAt });
      },
      onReached(ticket) {
        if (typeof ticket !== 'number') return;
        acknowledger.done(batches.get(ticket) ?? []);
        batches.delete(ticket);
      },
    });
    await acknowledger.finish();
    if (failure !== undefined) throw failure.error;
    return result;
  } finally {
    signal.removeEventListener('abort', stopReading);
    await acknowledger.finish();
    queue.giveBack([...open]);
    for (const file of sinks.files) file.hurry();
    await closeSinks([...sinks.outputs, sinks.deadLetters]);
    await executor.close();
  }
}

/** One that was given out before may be what killed those who worked on it: it stands alone, and takes no others with it. */
function apart(taken: readonly Delivery[]): readonly (readonly Delivery[])[] {
  const fresh = taken.filter(({ times }) => times === 1);
  const suspects = taken.filter(({ times }) => times > 1).map((one) => [one]);
  return fresh.length > 0 ? [fresh, ...suspects] : suspects;
}
