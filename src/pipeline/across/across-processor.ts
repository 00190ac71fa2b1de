import type { Json } from 'computo-js';
import { SpareMemory } from '../../sources/index.js';
import { Batch, type BatchOptions, type BlockMeta, type BlockResult } from '../batch.js';
import type { BlockOptions, BlockProcessor } from '../block-processor.js';
import { EventFailure } from '../failure.js';
import { forEachEvent, openBytes } from '../lines/event-lines.js';
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
import { addSides } from './stage-counts.js';
import { PipelineState } from './state-table.js';
import { isAcross, Steps, type MadeHere } from './steps.js';

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
  const state = new PipelineState();
  const compiled = compileSteps(spec.stages, { state, scripts: { tables: spec.tables, traceOf } });
  const needsContext = routing.needsContext || compiled.some((step) => step.needsContext);
  const needsId = needsContext || outputs.some(({ envelope }) => envelope);
  const takesAll = compiled.find(isAcross)?.lazily?.takesAll === true;
  const memory = new SpareMemory();
  const lines = outputs.map(() => new OutputLines(memory));
  let batch: Batch;
  const steps = new Steps(compiled, state, {
    passed(stage, event) {
      if (batch.isTapped) batch.emitTap(stage, event.data, idIn(event));
    },
    contextOf: contextIn,
  });
  // A trace tells of every call that a script makes: it must run as it is written.
  const lazily = lazyAcross(traceOf === undefined ? options : { ...options, parseWhole: true }, compiled, {
    eventOf: (here) => settingOut(null, new Incoming(here, ''), needsContext),
    filtered: (at) => steps.filtered(at),
    take: takeLazily,
  });

  const process: BlockProcessor = Object.assign(
    (block: Parameters<BlockProcessor>[0], meta: BlockMeta): BlockResult => {
      const here = (batch = new Batch(settings, meta, lines));
      const onEvent = (data: Json, text: string): void => enter(here, data, text);
      const openLine = (line: Buffer): void => openBytes(line, here, options, onEvent);
      const rest = meta.tap === undefined ? lazily(block, here, meta, openLine) : block;
      if (rest !== undefined) forEachEvent(rest, here, options, onEvent);
      return resultOf(here);
    },
    { memory },
  );
  return Object.assign(process, {
    end(meta: BlockMeta): BlockResult {
      const here = (batch = new Batch(settings, meta, lines));
      for (let at = 0; at < compiled.length && !here.stopped; at++) {
        steps.end(at);
        passMade(here);
      }
      return resultOf(here);
    },
    state,
  });

  function enter(here: Batch, data: Json, text: string): void {
    const arrival = new Incoming(here, text);
    pass(here, settingOut(data, arrival, needsContext), 0, (failure) =>
      here.failEvent(failure, arrival.origin.id, text),
    );
    passMade(here);
  }

  function takeLazily(here: Batch, event: Passing, at: number, prepared: unknown): void {
    if (takesAll) steps.takeAll(event, at, prepared);
    else through(here, () => steps.takePrepared(event, at, prepared));
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
      take().map((one) => here.finish(one.data, one.context, wantsIds ? idIn(one) : undefined, one.key)),
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
    const arrival = new Composed(made);
    pass(here, settingOut(made.data, arrival, needsContext), made.next, (failure) =>
      failMade(here, steps, made, arrival, failure),
    );
  }

  function resultOf(here: Batch): BlockResult {
    const stages = steps.takeCounts();
    addSides(here, stages);
    const changes = state.takeChanges();
    return { ...here.result(), stages, ...(changes && { changes }) };
  }
}
