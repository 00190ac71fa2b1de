import type { Json } from 'computo-js';
import type { StagePlan } from '../../config/index.js';
import type { Passing } from '../across/across-stage.js';
import { Composed, contextIn, idIn, Incoming, settingOut } from '../across/arrival.js';
import { compileSteps } from '../across/compile-steps.js';
import { failMade } from '../across/fail-made.js';
import { openEvents, withOpen } from '../across/open-events.js';
import { addSides, addStageCounts } from '../across/stage-counts.js';
import { AS_JSON, PipelineState } from '../across/state-table.js';
import { Steps } from '../across/steps.js';
import type { AiCall, AiCalls, AiEvent, AiOutcome } from './ai-calls.js';
import { Batch, type BatchOptions, type BlockMeta, type BlockResult, type Finished } from '../batch.js';
import type { BlockOptions } from '../block-processor.js';
import { forEachEvent, noSuchStage, type BlockContent } from '../lines/event-lines.js';
import { EventFailure } from '../failure.js';
import { HeldBlocks } from '../held-blocks.js';
import { observer, stopwatch, type Observer } from '../observation.js';
import { keptOccurrences, occurrences } from './occurrences.js';
import { outputFormats } from '../output-formats.js';
import { compileRouting } from '../pipeline.js';
import type { BlockExecutor } from '../run-blocks.js';
import { callPlaces, sentInPlace } from './places.js';
import {
  compileStep,
  FILTERED,
  isAcrossStage,
  isAiStage,
  keepsState,
  type AiStage,
  type Stage,
} from '../stages/index.js';
import { turnstile, type Ticket } from '../turnstile.js';

export interface EventOptions extends BlockOptions {
  readonly calls: AiCalls;
  /** The maximum number of concurrent AI calls. */
  readonly concurrency: number;
  /** The maximum number of events held at a time. Greater than `concurrency`, so that a slow answer does not make the others wait. */
  readonly window: number;
}

/** An executor that needs only the content of a block. */
export interface EventExecutor extends BlockExecutor {
  submit(block: BlockContent, meta: BlockMeta): Promise<BlockResult>;
}

/** An event on its way through the stages. */
interface EventUnderWay {
  readonly batch: Batch;
  readonly watch: Observer;
  readonly event: Passing;
  readonly id: string;
  readonly context: Json;
  /** Its place in the queue of every AI stage but the first. */
  readonly tickets: readonly Ticket[];
  data: Json;
  /** The data as if no answer had come from the journal. Requests are made from it, so that they are the same in every run. */
  original: Json;
  /** The provider that served the last call. */
  served?: string;
}

type Fail = (failure: EventFailure) => void;

/** The output of a finished event, and its parts that failed by themselves. */
interface EventEnd {
  readonly lines: readonly Finished[];
  readonly fail: readonly (() => void)[];
}

/** Gets the outcome of a call for an AI stage; undefined: there is none, and the event ends here. */
type Ask = (step: AiStage, call: AiCall, event: AiEvent) => Promise<AiOutcome | undefined>;

/**
 * Processes events one by one, for pipelines with AI stages: many are in progress, and each waits for its own answers. Blocks
 * must be of one line each, see `singleLines`. Stages that look across events see them in input order if they precede the first
 * AI stage; those after the last AI stage, which only take events apart, see each event when it is answered.
 *
 * @throws ComputoError when a script can't be compiled
 */
export function eventExecutor(options: EventOptions): EventExecutor {
  const { pipeline: spec, strict, rawMax, depthMax, calls } = options;
  const { front, middle, back } = sectionsOf(spec.stages);
  const steps = middle.map((stage) => compileStep(stage, calls, spec));
  const routing = compileRouting(spec);
  const settings: BatchOptions = {
    ...spec,
    pipeline: routing,
    formats: outputFormats(spec.outputs),
    strict,
    rawMax,
  };
  const reading = { ...options, takesParts: true };
  const place = callPlaces(options.concurrency);
  const held = new HeldBlocks(options.window);
  const aiSteps = steps.filter(isAi);
  // Equal requests of new events are numbered in input order. Events reach the first AI stage in that order anyway.
  const turnstiles = options.input === 'envelope' ? [] : aiSteps.slice(1).map(turnstile);
  const lastAiStep = aiSteps.at(-1);
  const send: Ask = (step, call, event) => sentInPlace(place, step.gathers === true, call, event);
  // For events that only need numbering: nothing after the last AI stage depends on its answer.
  const recall: Ask = async (step, call, event) => (step === lastAiStep ? undefined : await call.recall(event));

  const isStateful = front.some(keepsState);
  const state = new PipelineState();
  // Kept with the state of the stages before the calls; otherwise a continued run would count these events again.
  const seen = isStateful ? keptOccurrences(state.table('occurrences', AS_JSON)) : occurrences();
  const noteOpen = openEvents(front, state);
  let batchHere: Batch | undefined;
  const watch = {
    passed(stage: string, event: Passing): void {
      if (batchHere?.isTapped === true) batchHere.emitTap(stage, event.data, idIn(event));
    },
    contextOf: contextIn,
  };
  const before = new Steps(front, compileSteps(front, { state, depthMax, scripts: spec }), state, watch);
  const behind = new Steps(
    back,
    compileSteps(back, { state, depthMax, scripts: spec, before: front.filter(keepsState).length }),
    state,
    watch,
  );

  return {
    get width() {
      return held.width;
    },
    submit(block, meta) {
      const batch = new Batch(settings, meta);
      const underWay: Promise<void>[] = [];
      const onEvent = (data: Json, text: string): void => void underWay.push(...enter(batch, data, text));
      forEachEvent(block, batch, reading, onEvent, (tick) => {
        underWay.push(...release(batch, (at) => before.tick(at, tick)));
      });
      return held.until(block, resultOf(batch, underWay));
    },
    ...(isStateful ? { state: withOpen([...front, ...back], state), end } : { skip }),
  };

  function end(meta: BlockMeta): Promise<BlockResult> {
    const batch = new Batch(settings, meta);
    return resultOf(
      batch,
      release(batch, (at) => before.end(at)),
    );
  }

  /** Releases held events, step by step, and starts them on the remaining stages. */
  function release(batch: Batch, act: (at: number) => void): readonly Promise<void>[] {
    return front.flatMap((_, at) => {
      act(at);
      return passMade(batch);
    });
  }

  async function skip(block: BlockContent, meta: BlockMeta): Promise<void> {
    const batch = new Batch(settings, meta);
    const underWay: Promise<unknown>[] = [];
    forEachEvent(block, batch, reading, (data, text) => {
      try {
        underWay.push(...taken(batch, incoming(batch, data, text), 0).map((one) => renumbered(batch, one)));
      } catch (error) {
        ignoreFailure(error);
      }
    });
    await Promise.all(underWay);
  }

  /** Takes the results of the stages before the first call at once, and the rest when all answers are there. */
  async function resultOf(batch: Batch, underWay: readonly Promise<void>[]): Promise<BlockResult> {
    const counts = [...before.takeCounts()];
    noteOpen(counts);
    const changes = state.takeChanges();
    const nextTick = before.nextTick();
    await Promise.all(underWay);
    addStageCounts(counts, before.takeCounts());
    const stages = [...counts, ...behind.takeCounts()];
    if (stages.length === 0) return batch.result();
    addSides(batch, stages);
    return { ...batch.result(), stages, ...(changes && { changes }), ...(nextTick !== undefined && { nextTick }) };
  }

  function incoming(batch: Batch, data: Json, text: string): Passing {
    return settingOut(data, new Incoming(batch, text), true);
  }

  /** Takes an event through the stages before the first call, and starts the resulting events on the remaining stages. */
  function enter(batch: Batch, data: Json, text: string): readonly Promise<void>[] {
    const { line } = batch;
    const event = incoming(batch, data, text);
    const { id } = event.arrival.origin;
    const fail = (failure: EventFailure): void => batch.failEvent(failure, id, text, line);
    const { afterStage } = batch;
    if (afterStage !== undefined) return continueEvent(batch, event, afterStage, fail);
    return [...start(batch, event, 0, fail), ...passMade(batch)];
  }

  /** Continues a part of an event that failed by itself, after the stage that made the part. */
  function continueEvent(batch: Batch, event: Passing, afterStage: string, fail: Fail): readonly Promise<void>[] {
    const from = before.behind(afterStage);
    if (from !== undefined) return [...start(batch, event, from, fail), ...passMade(batch)];
    const fromBehind = behind.behind(afterStage);
    if (fromBehind === undefined) {
      fail(noSuchStage(afterStage));
      return [];
    }
    try {
      write(batch, [endOf(batch, event, fromBehind, undefined)]);
    } catch (error) {
      fail(asFailure(error));
    }
    return [];
  }

  function start(batch: Batch, event: Passing, from: number, fail: Fail): Promise<void>[] {
    try {
      const family = taken(batch, event, from);
      return family.length === 0 ? [] : [pass(batch, family, fail)];
    } catch (error) {
      if (!(error instanceof EventFailure)) throw error;
      fail(error);
      return [];
    }
  }

  /** @throws EventFailure */
  function taken(batch: Batch, event: Passing, from: number): readonly Passing[] {
    batchHere = batch;
    return before.whole(() => before.take(event, from));
  }

  function passMade(batch: Batch): readonly Promise<void>[] {
    const underWay: Promise<void>[] = [];
    for (let next = before.nextMade(); next !== undefined; next = before.nextMade()) {
      const made = next;
      const event = settingOut(made.data, new Composed(made, () => before.addressBefore(made.next)), true, made.key);
      // Its members may fail late, and are then counted with the stages of the next block that ends.
      const fail = (failure: EventFailure): void => failMade(batch, before, made, event.arrival, failure);
      underWay.push(...start(batch, event, made.next, fail));
    }
    return underWay;
  }

  function renumbered(batch: Batch, event: Passing): Promise<unknown> {
    return runStages(begin(batch, event), recall).catch(ignoreFailure);
  }

  function begin(batch: Batch, event: Passing): EventUnderWay {
    const { data, context, arrival, part } = event;
    const tickets = turnstiles.map((queue) => queue.ticket());
    return {
      batch,
      watch: observer(batch),
      event,
      id: arrival.origin.id + part,
      context,
      tickets,
      data,
      original: data,
    };
  }

  /** Finishes an event with all its parts. Their results are written once all parts are finished. */
  async function pass(batch: Batch, family: readonly Passing[], fail: Fail): Promise<void> {
    const all = family.map((event) => begin(batch, event));
    // Waits for every part, whatever becomes of the others: no call may be in progress when the block is done.
    const ends = await Promise.all(all.map((underWay) => finish(underWay).catch(asFailure)));
    const failure = ends.find((end) => end instanceof EventFailure);
    if (failure !== undefined) fail(failure);
    else
      write(
        batch,
        ends.flatMap((end) => (end instanceof EventFailure ? [] : [end])),
      );
    for (const underWay of all) underWay.watch.end(underWay.id);
  }

  function write(batch: Batch, ends: readonly EventEnd[]): void {
    for (const { lines, fail } of ends) {
      for (const line of lines) batch.write(line);
      for (const failPart of fail) failPart();
    }
  }

  async function finish(underWay: EventUnderWay): Promise<EventEnd> {
    const { batch, event, context } = underWay;
    if (!(await runStages(underWay, send))) {
      batch.counts.filtered += 1;
      return { lines: [], fail: [] };
    }
    const { data, served } = underWay;
    return endOf(batch, { ...event, data, context }, 0, served);
  }

  /**
   * Returns the results of an event after its last call.
   *
   * @param from the event's next step after that call
   * @throws EventFailure
   */
  function endOf(batch: Batch, event: Passing, from: number, served: string | undefined): EventEnd {
    const { origin } = event.arrival;
    batchHere = batch;
    const parts = behind.whole(() => behind.take(event, from));
    const apart = behind.takeMade();
    const lines = batch.as(origin, () =>
      parts.map((one) => batch.finish(one.data, one.context, idIn(one), served, one.key)),
    );
    const ends = apart.map((part): EventEnd => {
      const arrival = new Composed(part, () => behind.addressBefore(part.next));
      try {
        return endOf(batch, settingOut(part.data, arrival, true, part.key), part.next, served);
      } catch (error) {
        const failure = asFailure(error);
        return { lines: [], fail: [() => failMade(batch, behind, part, arrival, failure)] };
      }
    });
    return {
      lines: [...lines, ...ends.flatMap((end) => end.lines)],
      fail: ends.flatMap((end) => end.fail),
    };
  }

  /** @returns false if a filter drops the event, or it ends at a call without an outcome */
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

  // No await before the first AI stage has numbered its call, because events reach that stage while they are submitted, in input
  // order.
  async function runAiStage(underWay: EventUnderWay, step: AiStage, ask: Ask): Promise<boolean> {
    const ticket = underWay.tickets[aiSteps.indexOf(step) - 1];
    if (ticket !== undefined) await ticket.turn;
    const call = step.prepare(underWay.original, underWay.context);
    const stored = options.input === 'envelope';
    // The id of a stored event distinguishes it.
    const occurrence = stored ? 0 : seen.next(step.name, call.fingerprint);
    ticket?.leave();
    const { timestamp } = underWay.event.arrival;
    const outcome = await ask(step, call, { pipeline: spec.name, id: underWay.id, timestamp, stored, occurrence });
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

/**
 * Splits stages: `front` are those before the first AI stage, if one looks across events; `back` starts at the first stage after
 * the last AI stage that looks across events; `middle` is the rest.
 */
function sectionsOf(stages: readonly StagePlan[]): Readonly<Record<'front' | 'middle' | 'back', readonly StagePlan[]>> {
  const first = stages.findIndex(isAiStage);
  const last = stages.findLastIndex(isAiStage);
  const begin = stages.slice(0, first).some(isAcrossStage) ? first : 0;
  const end = stages.slice(last).findIndex(isAcrossStage);
  const to = end === -1 ? stages.length : last + end;
  return { front: stages.slice(0, begin), middle: stages.slice(begin, to), back: stages.slice(to) };
}

function asFailure(error: unknown): EventFailure {
  if (error instanceof EventFailure) return error;
  throw error;
}

/** The event failed in the same way in the run that delivered it. */
function ignoreFailure(error: unknown): void {
  if (!(error instanceof EventFailure)) throw error;
}

function isAi(step: Stage | AiStage): step is AiStage {
  return 'prepare' in step;
}
