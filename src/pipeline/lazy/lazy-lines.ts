import { ComputoError, MISSING } from 'computo-js';
import type { OutputTake } from '../../config/index.js';
import { textOf, type Text } from '../../json/index.js';
import { outputFormat } from '../../sinks/formats/index.js';
import type { Batch, BlockMeta } from '../batch.js';
import type { LineOptions } from '../lines/event-lines.js';
import { EventFailure } from '../failure.js';
import type { LineForm } from './lazy-form.js';
import { newEvents } from './new-events.js';
import type { LazyPipeline } from './lazy-pipeline.js';
import { storedEvents } from './stored-events.js';
import type { PipelineSpec } from '../spec.js';
import { FILTERED } from '../stages/index.js';

const NEWLINE = 0x0a;

/** Processes whole lines of valid UTF-8, each ending with a newline; returns how many took the full path. */
export type LazyLines = (bytes: Buffer, batch: Batch, meta: BlockMeta, openLine: OpenLine) => number;

/** The full path, for a line without its newline. */
type OpenLine = (line: Buffer) => void;

/** Finishes the last scanned line; false if it must take the full path. */
export type PassLine = () => boolean;

/**
 * Reads only those fields of each line that the scripts use. Lines that are broken, unusual or about to fail take the full path,
 * which decides what becomes of them.
 */
export function lazyLines(lazy: LazyPipeline, pipeline: PipelineSpec, options: LineOptions): LazyLines {
  return scannedLines(
    lazy,
    pipeline.name,
    options,
    (form, batch, text) => directly(lazy, form, pipeline, batch, text) ?? byValue(lazy, form, batch),
  );
}

/** Scans lines one after another. @param passOf returns what finishes each line of a block */
export function scannedLines(
  lazy: Pick<LazyPipeline, 'scanner' | 'fields' | 'lineBytesMax'>,
  pipeline: string,
  options: LineOptions,
  passOf: (form: LineForm, batch: Batch, text: Text) => PassLine,
): LazyLines {
  const { scanner, fields } = lazy;
  // The full path rejects longer lines.
  const bytesMax = Math.min(options.lineBytesMax, lazy.lineBytesMax);
  const form = options.input === 'envelope' ? storedEvents(scanner, bytesMax) : newEvents(scanner, pipeline, bytesMax);
  return (bytes, batch, meta, openLine) => {
    const text = textOf(bytes);
    fields.setText(text);
    form.begin(text, batch, meta);
    const pass = passOf(form, batch, text);
    let full = 0;
    for (let at = 0; at < bytes.length && !batch.isOver; batch.line++) {
      let end = form.scan(at);
      if (end < 0 || !pass()) {
        end = bytes.indexOf(NEWLINE, at);
        full += 1;
        openLine(bytes.subarray(at, end));
      }
      at = end + 1;
    }
    return full;
  };
}

/** Writes data as it is in the line, if the only output takes every event as JSON. */
function directly(
  lazy: LazyPipeline,
  form: LineForm,
  pipeline: PipelineSpec,
  batch: Batch,
  text: Text,
): PassLine | undefined {
  const { write, needsContext } = lazy;
  const output = onlyOutput(pipeline);
  const lines = batch.linesOf(0);
  if (write === undefined || output === undefined || lines === undefined) return undefined;
  const { envelope } = output;
  const { counts } = batch;

  return () => {
    const into = lines.bytes;
    const start = into.length;
    try {
      if (needsContext) form.introduce();
      const id = needsContext ? batch.newId() : undefined;
      const context = id === undefined ? null : batch.contextOf(id);
      if (lazy.passes(context)) {
        if (envelope) form.writeHead(id, into);
        write(text, context, into);
        if (envelope) form.writeTail(into);
        into.byte(NEWLINE);
        counts.output += 1;
      } else {
        counts.filtered += 1;
      }
    } catch (error) {
      into.truncateTo(start);
      return goesFullWay(error);
    }
    counts.input += 1;
    return true;
  };
}

/** The output, if there is only one and it takes every event as JSON. */
export function onlyOutput({ outputs, routingKey }: PipelineSpec): OutputTake | undefined {
  const [output, another] = outputs;
  if (output === undefined || another !== undefined || output.when !== undefined) return undefined;
  if (output.filesBy !== undefined || routingKey !== undefined || outputFormat(output) !== undefined) return undefined;
  return output;
}

/** Makes the finished data as a value, for further stages, for routing, or for several outputs. */
function byValue(lazy: LazyPipeline, form: LineForm, batch: Batch): PassLine {
  const { counts } = batch;
  const { make, needsContext } = lazy;
  if (make === undefined) return () => false;
  return () => {
    try {
      form.introduce();
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

/** Catches what can go wrong with an event or a script; anything else is our own bug, and must not be hidden. */
export function goesFullWay(error: unknown): false {
  if (error === MISSING || error instanceof ComputoError || error instanceof EventFailure) return false;
  throw error;
}
