import type { Json } from 'computo-js';
import type { Tick } from '../../event/index.js';
import { SpareMemory } from '../../sources/index.js';
import { Batch, type BatchOptions, type BlockMeta, type ResultAtOnce } from '../batch.js';
import type { BlockOptions, BlockProcessor } from '../block-processor.js';
import { EventFailure } from '../failure.js';
import { forEachEvent, noSuchStage, openBytes, type BlockContent } from '../lines/event-lines.js';
import { linesFrom } from '../lines/lines-of.js';
import { outputFormats } from '../output-formats.js';
import { OutputLines } from '../output-lines.js';
import { compileRouting } from '../pipeline.js';
import type { ExecutorState } from '../run-blocks.js';
import type { TraceOf } from '../stages/index.js';
import { compileSteps } from './compile-steps.js';
import type { Passing } from './across-stage.js';
import { Composed, contextIn, idIn, Incoming, settingOut } from './arrival.js';
import { failMade } from './fail-made.js';
import { lazyAcross } from './lazy-across.js';
import { openEvents, withOpen } from './open-events.js';
import { addSides } from './stage-counts.js';
import { PipelineState } from './state-table.js';
import { Steps, type MadeHere } from './steps.js';

/** A longer result is written in pieces before the block is finished. In characters. */
const PIECE_LENGTH = 4 << 20;

/** Follows the progress of the processor. */
export interface Noting {
  /** Called with the number of each line of a block, from 0, before the line is processed, and with the number after the last one. */
  readonly line: (line: number) => void;
  /** Called with the number of each event made for a line, from 1, before it is processed; with 0 once it is done. */
  readonly made: (made: number) => void;
}

/** A block processor whose stages look across events. */
export interface AcrossProcessor extends BlockProcessor {
  /** Ends the input, and releases the events that are still held. */
  end(meta: BlockMeta): ResultAtOnce;
  readonly state: ExecutorState;
}

/**
 * Compiles a pipeline with stages that look across events. If such a stage keeps state, the results depend on earlier events.
 *
 * @throws ComputoError when a script can't be compiled
 */
export function acrossProcessor(options: BlockOptions, traceOf?: TraceOf, noting?: Noting): AcrossProcessor {
  const { pipeline: spec, strict, rawMax } = options;
  const { name, onError, choosing, outputs } = spec;
  const routing = compileRouting(spec, traceOf);
  const formats = outputFormats(outputs);
  const settings: BatchOptions = {
    name,
    pipeline: routing,
    outputs,
    formats,
    onError,
    ...(choosing && { choosing }),
    strict,
    rawMax,
    onLine: noting?.line,
  };
  const reading = { ...options, takesParts: true };
  const state = new PipelineState();
  const compiled = compileSteps(spec.stages, {
    state,
    depthMax: options.depthMax,
    scripts: { tables: spec.tables, traceOf },
  });
  const noteOpen = openEvents(spec.stages, state);
  const needsContext = routing.needsContext || compiled.some((step) => step.needsContext);
  const needsId = needsContext || outputs.some(({ envelope }) => envelope);
  const memory = new SpareMemory();
  const lines = outputs.map(() => new OutputLines(memory));
  // The files of an output with a file per key are opened before anything of the block is written, so its whole result must be
  // known.
  const inPieces = outputs.every(({ filesBy }) => filesBy === undefined);
  let batch: Batch;
  /** The remaining work for the line that was read last. */
  let left: Iterable<void> | undefined;
  /** How many events made for that line are finished or in progress. */
  let madeCount = 0;
  const steps = new Steps(spec.stages, compiled, state, {
    passed(stage, event) {
      if (batch.isTapped) batch.emitTap(stage, event.data, idIn(event));
    },
    contextOf: contextIn,
  });
  const atOnce = steps.takerAtOnce();
  /** The event that the fast path took last. */
  let latest: { readonly arrival: Incoming; readonly event: Passing } | undefined;
  // A trace reports every call that a script makes, so the script must run as written.
  const lazily = lazyAcross(traceOf === undefined ? options : { ...options, parseWhole: true }, compiled, {
    eventOf,
    takeRows: atOnce?.rows,
    filtered: (at) => steps.filtered(at),
    parted: (at, parts) => steps.parted(at, parts),
    take(here, event, at, prepared) {
      through(here, () => steps.takePrepared(event, at, prepared));
      if (steps.hasMade) doNow(here, passMade(here));
    },
    takeAtOnce(here, { arrival }, results) {
      atOnce?.one(arrival, results);
      if (steps.hasMade) doNow(here, passMade(here));
    },
  });

  const process: BlockProcessor = Object.assign(
    (block: Parameters<BlockProcessor>[0], meta: BlockMeta): ResultAtOnce => {
      const here = new Batch(settings, meta, lines);
      return resultOf(here, throughLines(here, block, meta));
    },
    { memory },
  );
  return Object.assign(process, {
    end(meta: BlockMeta): ResultAtOnce {
      const here = new Batch(settings, meta, lines);
      return resultOf(
        here,
        release(here, (at) => steps.end(at)),
      );
    },
    state: withOpen(spec.stages, state),
  });

  /** Returns the line's event, without its data. One that nobody has asked for its origin is like the next one. */
  function eventOf(here: Batch): Passing {
    if (latest?.arrival.isLike(here) !== true) {
      const arrival = new Incoming(here, '');
      latest = { arrival, event: settingOut(null, arrival, needsContext) };
    }
    return latest.event;
  }

  /** Processes the lines of a block. Yields when a piece of the result must be taken. */
  function* throughLines(here: Batch, block: BlockContent, meta: BlockMeta): Generator<void> {
    const onEvent = (data: Json, text: string): void => enter(here, data, text);
    const onTick = (tick: Tick): void =>
      doNow(
        here,
        release(here, (at) => steps.tick(at, tick)),
      );
    const openLine = (line: Buffer): void => openBytes(line, here, reading, onEvent, onTick);
    for (let rest: BlockContent | undefined = block; rest !== undefined;) {
      const from = here.line;
      const others = meta.tap === undefined ? lazily(rest, here, meta, openLine) : rest;
      if (others !== undefined) forEachEvent(others, here, reading, onEvent, onTick);
      if (left === undefined) return;
      const work = left;
      left = undefined;
      const next = here.line;
      // That line is still being processed.
      here.line = next - 1;
      yield;
      yield* work;
      here.line = next;
      rest = here.stopped ? undefined : linesFrom(rest, next - from);
    }
  }

  /** Works until a piece of the result must be taken. The rest of the work is then left, and no further line is read before it is done. */
  function doNow(here: Batch, work: Generator<void>): void {
    madeCount = 0;
    if (work.next().done === true) return;
    left = work;
    here.isFull = true;
  }

  /** Releases held events, step by step: events that one step releases may close something at the next. */
  function* release(here: Batch, act: (at: number) => void): Generator<void> {
    for (let at = 0; at < compiled.length && !here.stopped; at++) {
      act(at);
      yield* passMade(here);
    }
  }

  function enter(here: Batch, data: Json, text: string): void {
    const arrival = new Incoming(here, text);
    const fail = (failure: EventFailure): void => here.failEvent(failure, arrival.origin.id, text);
    const { afterStage } = here;
    const from = afterStage === undefined ? 0 : steps.behind(afterStage);
    if (from === undefined) fail(noSuchStage(afterStage ?? ''));
    else pass(here, settingOut(data, arrival, needsContext), from, fail);
    if (steps.hasMade) doNow(here, passMade(here));
  }

  function pass(here: Batch, event: Passing, from: number, fail: (failure: EventFailure) => void): void {
    try {
      through(here, () => steps.take(event, from));
    } catch (error) {
      if (!(error instanceof EventFailure)) throw error;
      fail(error);
    }
  }

  /** Finishes one event, with all events that it becomes. @throws EventFailure after undoing everything */
  function through(here: Batch, take: () => readonly Passing[]): void {
    const wantsIds = needsId || here.isTapped;
    const finished = steps.whole(() =>
      take().map((one) => here.finish(one.data, one.context, wantsIds ? idIn(one) : undefined, undefined, one.key)),
    );
    for (const one of finished) here.write(one);
  }

  /** Processes the events that were made, before anything else comes in. Yields when a piece of the result must be taken. */
  function* passMade(here: Batch): Generator<void> {
    // Continues even if the first of them stops the run, because nobody would make the others again.
    for (let made = steps.nextMade(); made !== undefined; made = steps.nextMade()) {
      const one = made;
      here.as(one.last.origin, () => passOne(here, one));
      if (inPieces && here.length > PIECE_LENGTH) yield;
    }
  }

  function passOne(here: Batch, made: MadeHere): void {
    const arrival = new Composed(made, () => steps.addressBefore(made.next));
    const fail = (failure: EventFailure): void => failMade(here, steps, made, arrival, failure);
    madeCount += 1;
    const reason = here.givenUp(madeCount);
    if (reason !== undefined) {
      fail(new EventFailure('limit_exceeded', reason));
      return;
    }
    noting?.made(madeCount);
    pass(here, settingOut(made.data, arrival, needsContext, made.key), made.next, fail);
    noting?.made(0);
  }

  function resultOf(here: Batch, work: Generator<void>): ResultAtOnce {
    batch = here;
    const isDone = work.next().done === true;
    const stages = steps.takeCounts();
    addSides(here, stages);
    noteOpen(stages);
    const changes = state.takeChanges();
    const nextTick = steps.nextTick();
    return {
      ...(isDone ? here.result() : here.piece()),
      stages,
      ...(changes && { changes }),
      ...(nextTick !== undefined && { nextTick }),
      ...(!isDone && { rest: () => resultOf(here, work) }),
    };
  }
}
