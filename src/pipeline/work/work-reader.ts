import type { Block, Delivery, NatsQueue, ResumeAt } from '../../sources/index.js';
import { noCounts } from '../counts.js';
import { deadLetterHead, deadLetterLine } from '../dead-letter.js';
import { EventFailure } from '../failure.js';
import type { ProcessorReader, ReaderPass, ReaderPassOptions, StartedPass } from '../processor/reader.js';
import { Acknowledger } from './acknowledger.js';

const LINES_MAX = 128;
const BYTES_MAX = 1 << 20;
const SOURCE = 'fleet';
const NEWLINE = Buffer.from('\n');

export interface WorkReaderOptions {
  /** The queue from which a server hands out stored events. */
  readonly queue: NatsQueue;
  /** Whether the executor needs blocks of one line each. */
  readonly singleLines: boolean;
  /** How much of an event a dead letter keeps at most. */
  readonly rawMax: number;
  /** An event that was delivered more often than this becomes a dead letter: it may be what kills the workers. */
  readonly deliveriesMax: number;
}

/**
 * Takes a fleet's work from a queue. An event is acknowledged once its results are with the outputs, and synced if they are
 * files. An event that was in progress at a crash is given to another worker, so outputs are at-least-once, and exactly once if
 * they recognize events by their ids.
 */
export class WorkReader implements ProcessorReader {
  /** A fleet's work belongs to all of its workers. */
  readonly isBehind = false;
  #acknowledgedInRun = 0;

  constructor(private readonly options: WorkReaderOptions) {}

  gotOn(): boolean {
    const gotOn = this.#acknowledgedInRun > 0;
    this.#acknowledgedInRun = 0;
    return gotOn;
  }

  close(): Promise<void> {
    return this.options.queue.close();
  }

  begin(): Promise<ReaderPass> {
    return Promise.resolve({ known: undefined, start: (run) => this.#start(run) });
  }

  #start({ sinks, signal, stop, delivered, onReached }: ReaderPassOptions): StartedPass {
    const { queue, singleLines, rawMax, deliveriesMax } = this.options;
    /** Taken, but not acknowledged. */
    const open = new Set<Delivery>();
    const batches = new Map<ResumeAt, readonly Delivery[]>();
    let failure: { readonly error: unknown } | undefined;
    const acknowledger = new Acknowledger<Delivery>({
      files: sinks.files,
      acknowledge: (deliveries) => {
        queue.acknowledge(deliveries);
        for (const one of deliveries) open.delete(one);
        this.#acknowledgedInRun += deliveries.length;
        onReached(deliveries.length > 0);
      },
      onFailure(error) {
        failure = { error };
        stop();
      },
    });

    /** Dead-letters an event that was delivered too often. */
    const bury = async (delivery: Delivery): Promise<void> => {
      const message = `the event was given out ${delivery.times - 1} times, and nobody has finished it`;
      const remains = { envelope: delivery.line.toString('utf8') };
      const head = deadLetterHead(new EventFailure('undeliverable', message), remains, SOURCE, rawMax);
      await sinks.deadLetters.write(Buffer.from(deadLetterLine(head, undefined)));
      delivered({
        counts: { ...noCounts(), input: 1, deadLettered: 1 },
        failures: [{ kind: 'undeliverable', stage: undefined, count: 1 }],
        observations: [],
        storedAt: delivery.time,
      });
      acknowledger.done([delivery]);
    };

    async function* blocks(): AsyncGenerator<Block> {
      for (let ticket = 0; ;) {
        const taken = await queue.take(singleLines ? 1 : LINES_MAX, BYTES_MAX, signal);
        if (taken.length === 0) return;
        for (const one of taken) open.add(one);
        for (const batch of apart(taken)) {
          const [first] = batch;
          if (first !== undefined && first.times > deliveriesMax) {
            await bury(first);
            continue;
          }
          ticket += 1;
          batches.set(ticket, batch);
          const bytes = Buffer.concat(batch.flatMap(({ line }) => [line, NEWLINE]));
          const alone = first !== undefined && first.times > 1;
          yield { kind: 'lines', bytes, source: SOURCE, startsFile: false, alone, resumeAt: ticket };
        }
      }
    }

    return {
      blocks: blocks(),
      unordered: true,
      storedAt: (ticket) => batches.get(ticket)?.[0]?.time,
      // A replaced file needs nothing more, because nothing is truncated.
      renew: () => Promise.resolve(),
      keep: {
        reached(ticket) {
          acknowledger.done(batches.get(ticket) ?? []);
          batches.delete(ticket);
        },
        async finish(result) {
          await acknowledger.finish();
          if (failure !== undefined) throw failure.error;
          return result;
        },
        async abandon() {
          await acknowledger.finish();
          queue.giveBack([...open]);
        },
      },
    };
  }
}

/** Separates events that were delivered before, which may have killed their workers, so that each takes no others with it. */
function apart(taken: readonly Delivery[]): readonly (readonly Delivery[])[] {
  const fresh = taken.filter(({ times }) => times === 1);
  const suspects = taken.filter(({ times }) => times > 1).map((one) => [one]);
  return fresh.length > 0 ? [fresh, ...suspects] : suspects;
}
