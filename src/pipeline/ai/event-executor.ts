import type { Json } from 'computo-js';
import type { AiCall, AiCalls, AiEvent, AiOutcome } from './ai-calls.js';
import { Batch, type BatchOptions, type BlockMeta, type BlockResult } from '../batch.js';
import type { BlockOptions } from '../block-processor.js';
import { forEachEvent, type BlockContent } from '../lines/event-lines.js';
import { EventFailure } from '../failure.js';
import { HeldBlocks } from '../held-blocks.js';
import { observer, stopwatch, type Observer } from '../observation.js';
import { occurrences } from './occurrences.js';
import { outputFormats } from '../output-formats.js';
import { compileRouting } from '../pipeline.js';
import type { BlockExecutor } from '../run-blocks.js';
import { semaphore } from './semaphore.js';
import { compileStep, FILTERED, type AiStage, type Stage } from '../stages/index.js';
import { turnstile, type Ticket } from './turnstile.js';

export interface EventOptions extends BlockOptions {
  readonly calls: AiCalls;
  /** AI calls in flight at a time. */
  readonly concurrency: number;
  /** Events that are held at a time, so that a slow answer does not keep the others waiting: more than `concurrency`. */
  readonly window: number;
}

/** An executor that needs no more of a block than what it says. */
export interface EventExecutor extends BlockExecutor {
  submit(block: BlockContent, meta: BlockMeta): Promise<BlockResult>;
}

/** An event on its way through the stages. */
interface EventUnderWay {
  readonly batch: Batch;
  readonly watch: Observer;
  readonly id: string;
  readonly context: Json;
  /** Its place in the queue of every AI stage but the first. */
  readonly tickets: readonly Ticket[];
  data: Json;
  /** The data as if no answer had come from the journal: requests are made from it, so that they are the same in every run. */
  original: Json;
  /** The provider that served last. */
  served?: string;
}

/** How an AI stage gets its outcome; undefined: it can't be had, and the event's way ends here. */
type Ask = (step: AiStage, call: AiCall, event: AiEvent) => Promise<AiOutcome | undefined>;

/**
 * Works on events one by one, for pipelines with AI stages: many are in flight, each waits for its own answers. Blocks
 * must be of one line each, see `singleLines`.
 *
 * @throws ComputoError when a script can't be compiled
 */
export function eventExecutor(options: EventOptions): EventExecutor {
  const { pipeline: spec, strict, rawMax, calls } = options;
  const steps = spec.stages.map((stage) => compileStep(stage, calls));
  const routing = compileRouting(spec);
  const settings: BatchOptions = {
    ...spec,
    pipeline: routing,
    formats: outputFormats(spec.outputs),
    strict,
    rawMax,
  };
  const place = semaphore(options.concurrency);
  const held = new HeldBlocks(options.window);
  const seen = occurrences();
  const aiSteps = steps.filter(isAi);
  // Equal requests of new events are numbered in the order of the input. The first AI stage is reached in that order anyway.
  const turnstiles = options.input === 'envelope' ? [] : aiSteps.slice(1).map(turnstile);
  const lastAiStep = aiSteps.at(-1);
  const send: Ask = (_step, call, event) => place(() => call.send(event));
  // For those who are only numbered again: behind the last AI stage nothing depends on its answer.
  const recall: Ask = async (step, call, event) => (step === lastAiStep ? undefined : await call.recall(event));

  return {
    get width() {
      return held.width;
    },
    submit(block, meta) {
      const batch = new Batch(settings, meta);
      let underWay: Promise<void> | undefined;
      forEachEvent(block, batch, options, (data, text) => {
        underWay = pass(batch, data, text);
      });
      return held.until(
        block,
        (underWay ?? Promise.resolve()).then(() => batch.result()),
      );
    },
    async skip(block, meta) {
      const batch = new Batch(settings, meta);
      let underWay: Promise<unknown> | undefined;
      forEachEvent(block, batch, options, (data) => {
        underWay = runStages(begin(batch, data), recall).catch(ignoreFailure);
      });
      await underWay;
    },
  };

  function begin(batch: Batch, data: Json): EventUnderWay {
    const id = batch.newId();
    const tickets = turnstiles.map((queue) => queue.ticket());
    return { batch, watch: observer(batch), id, context: batch.contextOf(id), tickets, data, original: data };
  }

  async function pass(batch: Batch, data: Json, text: string): Promise<void> {
    const { line } = batch;
    const underWay = begin(batch, data);
    try {
      if (await runStages(underWay, send)) batch.emit(underWay.data, underWay.context, underWay.id, underWay.served);
      else batch.counts.filtered += 1;
    } catch (error) {
      if (!(error instanceof EventFailure)) throw error;
      batch.failEvent(error, underWay.id, text, line);
    } finally {
      underWay.watch.end(underWay.id);
    }
  }

  /** @returns false when a filter drops the event, or its way ends at a call without an outcome */
  async function runStages(underWay: EventUnderWay, ask: Ask): Promise<boolean> {
    try {
      for (const step of steps) {
        const seconds = stopwatch();
        try {
          if (!(isAi(step) ? await runAiStage(underWay, step, ask) : runStage(underWay, step))) return false;
          underWay.batch.emitTap(step.name, underWay.data);
        } finally {
          underWay.watch.step(step.name, seconds());
        }
      }
      return true;
    } finally {
      for (const ticket of underWay.tickets) ticket.leave();
    }
  }

  // No await before the first AI stage has numbered its call: it is reached while events are submitted, in the order of the input.
  async function runAiStage(underWay: EventUnderWay, step: AiStage, ask: Ask): Promise<boolean> {
    const ticket = underWay.tickets[aiSteps.indexOf(step) - 1];
    if (ticket !== undefined) await ticket.turn;
    const call = step.prepare(underWay.original, underWay.context);
    const stored = options.input === 'envelope';
    // A stored event is told from others by its id.
    const occurrence = stored ? 0 : seen.next(step.name, call.fingerprint);
    ticket?.leave();
    const outcome = await ask(step, call, { pipeline: spec.name, id: underWay.id, stored, occurrence });
    if (outcome === undefined) return false;
    const { answer, original, provider } = step.answerOf(outcome);
    underWay.data = step.put(underWay.data, answer);
    underWay.original = step === lastAiStep ? underWay.data : step.put(underWay.original, original);
    underWay.served = provider;
    return true;
  }

  function runStage(underWay: EventUnderWay, step: Stage): boolean {
    const result = step.run(underWay.data, underWay.context);
    if (result === FILTERED) return false;
    const original = underWay.original === underWay.data ? result : step.run(underWay.original, underWay.context);
    underWay.data = result;
    if (original !== FILTERED) underWay.original = original;
    return true;
  }
}

/** In the run that delivered the event it failed just so. */
function ignoreFailure(error: unknown): void {
  if (!(error instanceof EventFailure)) throw error;
}

function isAi(step: Stage | AiStage): step is AiStage {
  return 'prepare' in step;
}
