import type { Json } from 'computo-js';
import type { AiCalls } from './ai-calls.js';
import { Batch, type BatchSettings } from './batch.js';
import type { BlockOptions } from './block-processor.js';
import { forEachEvent } from './event-lines.js';
import { EventFailure } from './failure.js';
import { observer, stopwatch, type Observer } from './observation.js';
import { occurrences } from './occurrences.js';
import { compileRouting } from './pipeline.js';
import type { BlockExecutor } from './run-blocks.js';
import { semaphore } from './semaphore.js';
import { aiStage, compileStage, FILTERED, type AiStage, type Stage } from './stages/index.js';
import { turnstile, type Ticket } from './turnstile.js';

export interface EventOptions extends BlockOptions {
  readonly calls: AiCalls;
  /** AI calls in flight at a time. */
  readonly concurrency: number;
  /** Events that are held at a time, so that a slow answer does not keep the others waiting: more than `concurrency`. */
  readonly window: number;
}

/** An event on its way through the stages. */
interface Passage {
  readonly batch: Batch;
  readonly watch: Observer;
  readonly id: string;
  readonly context: Json;
  /** Its place in the queue of every AI stage but the first. */
  readonly tickets: readonly Ticket[];
  data: Json;
  /** The provider that served last. */
  served?: string;
}

/**
 * Works on events one by one, for pipelines with AI stages: many are in flight, each waits for its own answers. Blocks
 * must be of one line each, see `singleLines`.
 *
 * @throws ComputoError when a script can't be compiled
 */
export function eventExecutor(options: EventOptions): BlockExecutor {
  const { pipeline: spec, strict, rawMax, calls } = options;
  const steps = spec.stages.map((stage) => (stage.kind === 'ai' ? aiStage(stage, calls) : compileStage(stage)));
  const routing = compileRouting(spec);
  const settings: BatchSettings = { ...spec, pipeline: routing, strict, rawMax };
  const place = semaphore(options.concurrency);
  const seen = occurrences();
  // Equal requests are numbered in the order of the input. The first AI stage is reached in that order anyway.
  const turnstiles = steps.filter(isAi).slice(1).map(turnstile);

  return {
    width: options.window,
    submit(block, meta) {
      const batch = new Batch(settings, meta);
      let passage: Promise<void> | undefined;
      forEachEvent(block, batch, options, (data, text) => {
        passage = pass(batch, data, text);
      });
      return (passage ?? Promise.resolve()).then(() => batch.result());
    },
    skip(block, meta) {
      const batch = new Batch(settings, meta);
      forEachEvent(block, batch, options, (data) => count(batch, data));
    },
  };

  /** Up to the first call, which is only counted: equal requests after it are numbered as in one run. */
  function count(batch: Batch, data: Json): void {
    const context = batch.contextOf(batch.newId());
    let current = data;
    try {
      for (const step of steps) {
        if (isAi(step)) {
          seen.next(step.name, step.prepare(current, context).fingerprint);
          return;
        }
        const result = step.run(current, context);
        if (result === FILTERED) return;
        current = result;
      }
    } catch (error) {
      // It failed in the earlier run just so.
      if (!(error instanceof EventFailure)) throw error;
    }
  }

  async function pass(batch: Batch, data: Json, text: string): Promise<void> {
    const { line } = batch;
    const id = batch.newId();
    const tickets = turnstiles.map((queue) => queue.ticket());
    const watch = observer(batch);
    const passage: Passage = { batch, watch, id, context: batch.contextOf(id), tickets, data };
    try {
      if (await goThrough(passage)) batch.emit(passage.data, passage.context, id, passage.served);
      else batch.counts.filtered += 1;
    } catch (error) {
      if (!(error instanceof EventFailure)) throw error;
      batch.failEvent(error, id, text, line);
    } finally {
      watch.end(id);
      for (const ticket of tickets) ticket.leave();
    }
  }

  /** @returns false when a filter drops the event */
  async function goThrough(passage: Passage): Promise<boolean> {
    let aiStagesPassed = 0;
    for (const step of steps) {
      const seconds = stopwatch();
      try {
        if (isAi(step)) {
          const ticket = passage.tickets[aiStagesPassed - 1];
          aiStagesPassed += 1;
          // No await for the first AI stage: it is reached while events are submitted, which is the order of the input.
          if (ticket !== undefined) await ticket.turn;
          const call = step.prepare(passage.data, passage.context);
          const occurrence = seen.next(step.name, call.fingerprint);
          ticket?.leave();
          const event = { pipeline: spec.name, id: passage.id, stored: options.input === 'envelope', occurrence };
          const { data, provider } = await place(() => call.send(event));
          passage.data = data;
          passage.served = provider;
          passage.batch.leave(step.name, data);
        } else {
          const result = step.run(passage.data, passage.context);
          if (result === FILTERED) return false;
          passage.data = result;
          passage.batch.leave(step.name, result);
        }
      } finally {
        passage.watch.step(step.name, seconds());
      }
    }
    return true;
  }
}

function isAi(step: Stage | AiStage): step is AiStage {
  return 'prepare' in step;
}
