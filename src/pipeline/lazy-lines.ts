import { ComputoError, FIELD_MISSING } from 'computo-js';
import { textOf, type Text } from '../json/index.js';
import type { Batch, BlockMeta } from './batch.js';
import { EventFailure } from './failure.js';
import { envelopeFrame, type EnvelopeFrame } from './lazy-envelope.js';
import type { LazyPipeline } from './lazy-pipeline.js';
import type { PipelineSpec } from './spec.js';
import { FILTERED } from './stages/index.js';

const NEWLINE = 0x0a;

/** Goes through whole lines of valid UTF-8, the last one ended by a newline; tells how many went the full way. */
export type LazyLines = (bytes: Buffer, batch: Batch, meta: BlockMeta, openLine: OpenLine) => number;

/** The full way, for a line without its newline. */
type OpenLine = (line: Buffer) => void;

/** Brings the line scanned last to its end; false when it must go the full way. */
type PassLine = () => boolean;

/**
 * Reads no more of each line than the scripts ask for. Lines that are broken, unusual or about to fail go the full way,
 * which has the last word on them.
 *
 * @param lineBytesMax longer lines are refused, which is the full way's to do
 */
export function lazyLines(lazy: LazyPipeline, pipeline: PipelineSpec, lineBytesMax: number): LazyLines {
  const { scanner, fields } = lazy;
  const bytesMax = Math.min(lineBytesMax, lazy.lineBytesMax);
  return (bytes, batch, meta, openLine) => {
    const text = textOf(bytes);
    fields.setText(text);
    const pass = directly(lazy, pipeline, batch, meta, text) ?? byValue(lazy, batch);
    let full = 0;
    for (let at = 0; at < bytes.length && !batch.stopped; batch.line++) {
      let end = scanner.scan(text, at);
      if (end < 0 || end - at > bytesMax || !pass()) {
        end = bytes.indexOf(NEWLINE, at);
        full += 1;
        openLine(bytes.subarray(at, end));
      }
      at = end + 1;
    }
    return full;
  };
}

/** Writes data as it stands in the line, where the only output takes every event. */
function directly(
  lazy: LazyPipeline,
  { name, outputs, routingKey }: PipelineSpec,
  batch: Batch,
  { source, timestamp, counter }: BlockMeta,
  text: Text,
): PassLine | undefined {
  const { write, needsContext } = lazy;
  const [output, another] = outputs;
  if (output === undefined || another !== undefined || output.when !== undefined) return undefined;
  if (write === undefined || routingKey !== undefined) return undefined;
  const frame: EnvelopeFrame | undefined = output.envelope
    ? envelopeFrame(timestamp, { source, pipeline: name, key: undefined, retryCount: 0 })
    : undefined;
  const lines = batch.linesOf(0);
  if (lines === undefined) return undefined;
  const { counts } = batch;

  return () => {
    const into = lines.bytes;
    const start = into.length;
    try {
      const id = needsContext ? batch.newId() : undefined;
      const context = id === undefined ? null : batch.contextOf(id);
      if (lazy.passes(context)) {
        if (id === undefined) frame?.writeNewHead(counter + batch.line, into);
        else frame?.writeHead(id, into);
        write(text, context, into);
        frame?.writeTail(into);
        into.byte(NEWLINE);
        counts.output += 1;
      } else {
        counts.filtered += 1;
      }
    } catch (error) {
      into.cutTo(start);
      return goesFullWay(error);
    }
    counts.input += 1;
    return true;
  };
}

/** Makes the finished data as a value: for more stages behind, for routing, for several outputs. */
function byValue(lazy: LazyPipeline, batch: Batch): PassLine {
  const { counts } = batch;
  const { make, needsContext } = lazy;
  if (make === undefined) return () => false;
  return () => {
    try {
      const id = needsContext ? batch.newId() : undefined;
      const context = id === undefined ? null : batch.contextOf(id);
      const data = lazy.passes(context) ? make(context) : FILTERED;
      if (data === FILTERED) counts.filtered += 1;
      else batch.emit(data, context, id);
    } catch (error) {
      return goesFullWay(error);
    }
    counts.input += 1;
    return true;
  };
}

/** What an event or a script can do wrong; the rest is our own fault, and must be seen. */
function goesFullWay(error: unknown): false {
  if (error === FIELD_MISSING || error instanceof ComputoError || error instanceof EventFailure) return false;
  throw error;
}
