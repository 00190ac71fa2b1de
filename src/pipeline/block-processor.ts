import { isUtf8 } from 'node:buffer';
import type { Json } from 'computo-js';
import { Batch, type BatchOptions, type BlockMeta, type ResultAtOnce } from './batch.js';
import { forEachEvent, openBytes, type BlockContent, type LineOptions } from './lines/event-lines.js';
import { EventFailure } from './failure.js';
import { lazyBlocks } from './lazy/lazy-blocks.js';
import { observer } from './observation.js';
import { outputFormats } from './output-formats.js';
import { OutputLines } from './output-lines.js';
import { compilePipeline, type Transform } from './pipeline.js';
import type { PipelineSpec } from './spec.js';
import { SpareMemory } from '../sources/index.js';
import { FILTERED, type TraceOf } from './stages/index.js';

export interface BlockOptions extends LineOptions {
  readonly pipeline: PipelineSpec;
  /** Whether the first failed event ends the run, whatever `on_error` says. */
  readonly strict: boolean;
  /** How much of a broken line a dead letter keeps at most. */
  readonly rawMax: number;
  /**
   * Which events are observed on their way through the stages: the first of each block, which is enough to measure how long
   * stages take and too few to cost anything, or all. Default: none.
   */
  readonly observe?: 'first' | 'all';
}

const NEWLINE = 0x0a;

/** Turns a block of whole lines into the blocks of lines for its outputs. */
export interface BlockProcessor {
  (block: BlockContent, meta: BlockMeta): ResultAtOnce;
  /** The pool from which its outputs get their memory, and to which it may be returned. */
  readonly memory: SpareMemory;
}

/**
 * Compiles a pipeline into a block processor: a pure function of bytes, usable on any thread.
 *
 * @param traceOf gives the listener for the calls in a stage's script; costs nothing if omitted
 * @param onLine called with the number of each line of a block, from 0, before it is processed, and with the number after the
 *   last one
 * @throws ComputoError when a script can't be compiled
 */
export function blockProcessor(
  options: BlockOptions,
  traceOf?: TraceOf,
  onLine?: BatchOptions['onLine'],
): BlockProcessor {
  const { name, onError, choosing, outputs } = options.pipeline;
  const pipeline = compilePipeline(options.pipeline, traceOf);
  const { strict, rawMax } = options;
  const formats = outputFormats(outputs);
  const leaving = choosing && { choosing };
  const settings: BatchOptions = { name, pipeline, outputs, formats, onError, ...leaving, strict, rawMax, onLine };
  const needsId = pipeline.needsContext || outputs.some(({ envelope }) => envelope);

  const memory = new SpareMemory();
  const lines = outputs.map(() => new OutputLines(memory));
  // A trace reports every call that a script makes, so the script must run as written.
  const lazily = lazyBlocks(traceOf === undefined ? options : { ...options, parseWhole: true });

  const process = (block: BlockContent, meta: BlockMeta): ResultAtOnce => {
    const batch = new Batch(settings, meta, lines);
    if (options.observe === 'all') {
      forEachEvent(block, batch, options, (data, text) => watchEvent(data, text, batch));
      return batch.result();
    }
    const isTapped = meta.tap !== undefined;
    const transform = isTapped ? pipeline.watched(({ stage, data }) => batch.emitTap(stage, data)) : pipeline.transform;
    const onEvent = (data: Json, text: string): void => processEvent(data, text, batch, transform);
    const unwatched = options.observe === 'first' ? watchFirst(block, batch) : block;
    const openLine = (line: Buffer): void => openBytes(line, batch, options, onEvent);
    const rest = isTapped ? unwatched : lazily(unwatched, batch, meta, openLine);
    if (rest !== undefined) forEachEvent(rest, batch, options, onEvent);
    return batch.result();
  };
  return Object.assign(process, { memory });

  /** @returns the block without its first line, unless that line must be processed with the others */
  function watchFirst(block: BlockContent, batch: Batch): BlockContent {
    if (block.kind !== 'lines') return block;
    const line = block.bytes.subarray(0, Math.max(0, block.bytes.indexOf(NEWLINE)));
    if (line.length === 0 || !isUtf8(line)) return block;
    openBytes(line, batch, options, (data, text) => watchEvent(data, text, batch));
    batch.line += 1;
    return { kind: 'lines', bytes: block.bytes.subarray(line.length + 1) };
  }

  function watchEvent(data: Json, text: string, batch: Batch): void {
    const watch = observer(batch);
    const id = batch.newId();
    const transform = pipeline.watched((done) => {
      watch.step(done.stage, done.seconds);
      batch.emitTap(done.stage, done.data);
    });
    processEvent(data, text, batch, transform, id);
    watch.end(id);
  }

  function processEvent(
    data: Json,
    text: string,
    batch: Batch,
    transform: Transform,
    id = needsId ? batch.newId() : undefined,
  ): void {
    try {
      const context = pipeline.needsContext && id !== undefined ? batch.contextOf(id) : null;
      const result = transform(data, context);
      if (result === FILTERED) batch.counts.filtered += 1;
      else batch.emit(result, context, id);
    } catch (error) {
      if (!(error instanceof EventFailure)) throw error;
      batch.failEvent(error, id, text);
    }
  }
}
