import type { Json } from 'computo-js';
import type { Tick } from '../../event/index.js';
import { SpareMemory } from '../../sources/index.js';
import { Batch, type BatchOptions, type BlockMeta, type BlockResult } from '../batch.js';
import type { BlockOptions, BlockProcessor } from '../block-processor.js';
import { EventFailure } from '../failure.js';
import { forEachEvent, noSuchStage, openBytes } from '../lines/event-lines.js';
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

/** What else there is to a processor whose stages look across events. */
export interface AcrossProcessor extends BlockProcessor {
  /** Ends the input: what is kept goes on. */
  end(meta: BlockMeta): BlockResult;
  readonly state: ExecutorState;
}

/**
 * Compiles a pipeline with stages that look across events. Its results depend on the events before, where such a stage keeps state.
 *
 * @throws ComputoError when a script can't be compiled
 */
export function acrossProcessor(
  options: BlockOptions,
  traceOf?: TraceOf,
  onLine?: BatchOptions['onLine'],
): AcrossProcessor {
  const { pipeline: spec, strict, rawMax } = options;
  const { name, onError, outputs } = spec;
  const routing = compileRouting(spec, traceOf);
  const formats = outputFormats(outputs);
  const settings: BatchOptions = { name, pipeline: routing, outputs, formats, onError, strict, rawMax, onLine };
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
  let batch: Batch;
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
      passMade(here);
    },
    takeAtOnce(here, { arrival }, at, results) {
      steps.takeAtOnce(arrival, at, results);
      passMade(here);
    },
  });

  const process: BlockProcessor = Object.assign(
    (block: Parameters<BlockProcessor>[0], meta: BlockMeta): BlockResult => {
      const here = (batch = new Batch(settings, meta, lines));
      const onEvent = (data: Json, text: string): void => enter(here, data, text);
      const onTick = (tick: Tick): void => release(here, (at) => steps.tick(at, tick));
      const openLine = (line: Buffer): void => openBytes(line, here, reading, onEvent, onTick);
      const rest = meta.tap === undefined ? lazily(block, here, meta, openLine) : block;
      if (rest !== undefined) forEachEvent(rest, here, reading, onEvent, onTick);
      return resultOf(here);
    },
    { memory },
  );
  return Object.assign(process, {
    end(meta: BlockMeta): BlockResult {
      const here = (batch = new Batch(settings, meta, lines));
      release(here, (at) => steps.end(at));
      return resultOf(here);
    },
    state: withOpen(spec.stages, state),
  });

  /** Lets what is kept go on, step by step: what one lets go may close something at the next. */
  function release(here: Batch, act: (at: number) => void): void {
    for (let at = 0; at < compiled.length && !here.stopped; at++) {
      act(at);
      passMade(here);
    }
  }

  function enter(here: Batch, data: Json, text: string): void {
    const arrival = new Incoming(here, text);
    const fail = (failure: EventFailure): void => here.failEvent(failure, arrival.origin.id, text);
    const { afterStage } = here;
    const from = afterStage === undefined ? 0 : steps.behind(afterStage);
    if (from === undefined) fail(noSuchStage(afterStage ?? ''));
    else pass(here, settingOut(data, arrival, needsContext), from, fail);
    passMade(here);
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

  /** Those that are made go on before anything else comes in. */
  function passMade(here: Batch): void {
    for (let made = steps.takeMade(); made.length > 0; made = steps.takeMade()) {
      // Also when the first of them stops the run: nobody would make the others again.
      for (const one of made) here.as(one.last.origin, () => passOne(here, one));
    }
  }

  function passOne(here: Batch, made: MadeHere): void {
    const arrival = new Composed(made, () => steps.addressBefore(made.next));
    pass(here, settingOut(made.data, arrival, needsContext, made.key), made.next, (failure) =>
      failMade(here, steps, made, arrival, failure),
    );
  }

  function resultOf(here: Batch): BlockResult {
    const stages = steps.takeCounts();
    addSides(here, stages);
    noteOpen(stages);
    const changes = state.takeChanges();
    const nextTick = steps.nextTick();
    return { ...here.result(), stages, ...(changes && { changes }), ...(nextTick !== undefined && { nextTick }) };
  }
}
