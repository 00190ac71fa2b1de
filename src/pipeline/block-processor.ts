import { isUtf8 } from 'node:buffer';
import { mayLosePrecision } from '../json/index.js';
import type { LineBlock, OverlongLine } from '../sources/index.js';
import { Batch, type BatchSettings, type BlockMeta, type BlockResult } from './batch.js';
import { EventFailure } from './failure.js';
import { notUtf8, tooLong } from './line-failure.js';
import { compilePipeline } from './pipeline.js';
import { isBlank, readLine, type LineLimits } from './read-line.js';
import type { PipelineSpec } from './spec.js';
import { FILTERED } from './stages/index.js';
import { readStoredEvent } from './stored-event.js';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface BlockOptions extends LineLimits {
  readonly pipeline: PipelineSpec;
  /**
   * What a line is: the data of a new event (the default), or a stored event, whose data is processed while its id,
   * timestamp and metadata stay.
   */
  readonly input?: 'data' | 'envelope';
  /** The first failed event ends the run, whatever `on_error` says. */
  readonly strict: boolean;
  /** What a dead letter keeps of a broken line at most. */
  readonly rawMax: number;
}

/** What the processor needs of a block: all but where it came from. */
export type BlockContent = Pick<LineBlock, 'kind' | 'bytes'> | Pick<OverlongLine, 'kind' | 'head' | 'lineBytes'>;

/** Turns a block of whole lines into the blocks of lines that its outputs get. */
export type BlockProcessor = (block: BlockContent, meta: BlockMeta) => BlockResult;

/**
 * Compiles a pipeline into a block processor: a pure function of bytes, usable on any thread.
 *
 * @throws ComputoError when a script can't be compiled
 */
export function blockProcessor(options: BlockOptions): BlockProcessor {
  const { name, onError, outputs } = options.pipeline;
  const pipeline = compilePipeline(options.pipeline);
  const { strict, rawMax } = options;
  const settings: BatchSettings = { name, pipeline, outputs, onError, strict, rawMax };
  const needsId = pipeline.needsContext || outputs.some(({ envelope }) => envelope);

  return (block, meta) => {
    const batch = new Batch(settings, meta);
    if (block.kind === 'overlong') {
      batch.counts.input += 1;
      batch.fail(tooLong(block.lineBytes, options.lineBytesMax), { bytes: block.head, lineBytes: block.lineBytes });
      batch.line += 1;
    } else if (isUtf8(block.bytes)) {
      processText(block.bytes.toString('utf8'), batch);
    } else {
      processBytes(block.bytes, batch);
    }
    return batch.result();
  };

  function processText(text: string, batch: Batch): void {
    const exactly = mayLosePrecision(text);
    for (let at = 0; at < text.length && !batch.stopped; batch.line++) {
      const newline = text.indexOf('\n', at);
      const end = newline === -1 ? text.length : newline;
      const stop = end > at && text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
      processLine(text.slice(at, stop), exactly, batch);
      at = end + 1;
    }
  }

  /** For a block with broken characters in it: each line is decoded by itself. */
  function processBytes(bytes: Buffer, batch: Batch): void {
    for (let at = 0; at < bytes.length && !batch.stopped; batch.line++) {
      const newline = bytes.indexOf(NEWLINE, at);
      const end = newline === -1 ? bytes.length : newline;
      const line = bytes.subarray(at, end > at && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
      if (isUtf8(line)) {
        processLine(line.toString('utf8'), true, batch);
      } else {
        batch.counts.input += 1;
        batch.fail(notUtf8(line), { bytes: line, lineBytes: line.length });
      }
      at = end + 1;
    }
  }

  function processLine(line: string, exactly: boolean, batch: Batch): void {
    if (isBlank(line)) return;
    batch.counts.input += 1;
    let text = line;
    let data;
    try {
      if (options.input === 'envelope') text = openEnvelope(line, batch);
      data = readLine(text, exactly, options);
    } catch (error) {
      if (!(error instanceof EventFailure)) throw error;
      batch.fail(error, batch.stored === undefined ? { text: line } : { envelope: line });
      return;
    }
    const id = needsId ? batch.newId() : undefined;
    try {
      const context = pipeline.needsContext && id !== undefined ? batch.contextOf(id) : null;
      const result = pipeline.transform(data, context);
      if (result === FILTERED) batch.counts.filtered += 1;
      else batch.emit(result, context, id);
    } catch (error) {
      if (!(error instanceof EventFailure)) throw error;
      batch.failEvent(error, id, text);
    }
  }
}

/**
 * The data of a stored event; the batch gets the rest.
 *
 * @throws EventFailure when the line is no event
 */
function openEnvelope(line: string, batch: Batch): string {
  const event = readStoredEvent(line);
  batch.stored = event?.origin;
  if (event === undefined)
    throw new EventFailure('invalid_json', 'the line is no event with id, timestamp, data and metadata');
  return event.data;
}
