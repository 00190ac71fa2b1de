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

/** When a result is longer than this it goes out, as a piece of what comes of its block. Characters. */
const PIECE_LENGTH = 4 << 20;

/** Told of what is worked on. */
export interface Noting {
  /** Told of each line of a block before it is worked on, from 0, and of the number behind the last one. */
  readonly line: (line: number) => void;
  /** Told of each event that is made while a line is worked on, from 1; 0: of that no more is in work. */
  readonly made: (made: number) => void;
}

/** What else there is to a processor whose stages look across events. */
export interface AcrossProcessor extends BlockProcessor {
  /** Ends the input: what is kept goes on. */
  end(meta: BlockMeta): ResultAtOnce;
  readonly state: ExecutorState;
}

/**
 * Compiles a pipeline with stages that look across events. Its results depend on the events before, where such a stage keeps state.
 *
 * @throws ComputoError when a script can't be compiled
 */
export function acrossProcessor(options: BlockOptions, traceOf?: TraceOf, noting?: Noting): AcrossProcessor {
  const { pipeline: spec, strict, rawMax } = options;
  const { name, onError, outputs } = spec;
  const routing = compileRouting(spec, traceOf);
  const formats = outputFormats(outputs);
  const settings: BatchOptions = {
    name,
    pipeline: routing,
    outputs,
    formats,
    onError,
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
  // A file per key is begun before anything of its block is written: that has to be known as a whole.
  const inPieces = outputs.every(({ filesBy }) => filesBy === undefined);
  let batch: Batch;
  /** What is still to be done for the line that was looked at last. */
  let left: Iterable<void> | undefined;
  /** How many events were made for it, and are through or in work. */
  let madeCount = 0;
  const steps = new Steps(spec.stages, compiled, state, {
    passed(stage, event) {
      if (batch.isTapped) batch.emitTap(stage, event.data, idIn(event));
    },
    contextOf: contextIn,
  });
  // A trace tells of every call that a script makes: it must run as it is written.
  const lazily = lazyAcross(traceOf === undefined ? options : { ...options, parseWhole: true }, compiled, {
    eventOf: (here) => settingOut(null, new Incoming(here, ''), needsContext),
    filtered: (at) => steps.filtered(at),
    parted: (at, parts) => steps.parted(at, parts),
    take(here, event, at, prepared) {
      through(here, () => steps.takePrepared(event, at, prepared));
      if (steps.hasMade) doNow(here, passMade(here));
    },
    takeAtOnce(here, { arrival }, at, results) {
      steps.takeAtOnce(arrival, at, results);
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

  /** Goes through the lines of a block. Gives way when a piece of its result is to be taken. */
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
      // It is still that line that is worked on.
      here.line = next - 1;
      yield;
      yield* work;
      here.line = next;
      rest = here.stopped ? undefined : linesFrom(rest, next - from);
    }
  }

  /** Works until a piece of the result is to be taken: then the rest is left, and no further line is looked at before it is done. */
  function doNow(here: Batch, work: Generator<void>): void {
    madeCount = 0;
    if (work.next().done === true) return;
    left = work;
    here.isFull = true;
  }

  /** Lets what is kept go on, step by step: what one lets go may close something at the next. */
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

  /** Brings one event, with all that it becomes, to its end. @throws EventFailure: then nothing of it has happened */
  function through(here: Batch, take: () => readonly Passing[]): void {
    const wantsIds = needsId || here.isTapped;
    const finished = steps.whole(() =>
      take().map((one) => here.finish(one.data, one.context, wantsIds ? idIn(one) : undefined, undefined, one.key)),
    );
    for (const one of finished) here.write(one);
  }

  /** Those that are made go on before anything else comes in. Gives way when a piece of the result is to be taken. */
  function* passMade(here: Batch): Generator<void> {
    // Also when the first of them stops the run: nobody would make the others again.
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
