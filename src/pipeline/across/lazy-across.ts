import { isTruthy, type Compute, type FieldProgram, type Json } from 'computo-js';
import type { StagePlan } from '../../config/index.js';
import type { BlockOptions } from '../block-processor.js';
import { copyElements, type Scanner, type Text } from '../../json/index.js';
import { whereFit, type LazyBlocks } from '../lazy/lazy-blocks.js';
import { lineFields, type LineFields } from '../lazy/lazy-fields.js';
import { goesFullWay, onlyOutput, scannedLines } from '../lazy/lazy-lines.js';
import { lazyScript, planOf } from '../lazy/lazy-pipeline.js';
import type { Batch } from '../batch.js';
import type { PipelineSpec } from '../spec.js';
import type { AcrossStage, Arrival, Passing } from './across-stage.js';
import { lazyRows } from './lazy-rows.js';
import { isAcross, type Step, type TakerAtOnce } from './steps.js';

/** Continues with events whose scripts have already run. */
export interface LazyTaker {
  /** Returns the line's event, without its data. */
  eventOf(batch: Batch): Passing;
  /** The filter at a step has dropped an event. */
  filtered(at: number): void;
  /** An event becomes this many parts, which are already written. */
  parted(at: number, parts: number): void;
  /** @throws EventFailure after undoing everything */
  take(batch: Batch, event: Passing, at: number, prepared: unknown): void;
  /** Like {@link take}, for a stage that takes its events at once. */
  takeAtOnce(batch: Batch, event: Passing, results: readonly Json[]): void;
  /** Takes the events of several lines at such a stage. */
  readonly takeRows: TakerAtOnce['rows'] | undefined;
}

/** The fast path through a pipeline, up to the first stage that looks across events, if only filters precede it. */
export function lazyAcross(options: BlockOptions, compiled: readonly Step[], taker: LazyTaker): LazyBlocks {
  // The fast path does not provide the text of an event.
  const keepsText = compiled.some((step) => isAcross(step) && step.keepsArrivals === true);
  if (options.parseWhole === true || keepsText) return whereFit(undefined);
  const { pipeline, depthMax } = options;
  const at = compiled.findIndex(isAcross);
  const step = compiled[at] as AcrossStage | undefined;
  const fields = lineFields();
  const filters = pipeline.stages.slice(0, Math.max(0, at)).map((stage) => filterOf(stage, fields, pipeline));
  const scripts = step?.lazily?.scripts.map((script) => planOf({ script, gives: 'data' }, fields, pipeline.tables));
  const conditions = computesOf(filters, fields);
  const computes = scripts && computesOf(scripts, fields);
  const { lazily } = step ?? {};
  if (conditions === undefined || computes === undefined || lazily === undefined) return whereFit(undefined);
  const takesAtOnce = 'takeAtOnce' in lazily;

  const programs = [...filters, ...(scripts ?? [])].flatMap((program) => program ?? []);
  const lineBytesMax = Math.min(...programs.map(({ copyBytesMax }) => copyBytesMax));
  const isLast = at === compiled.length - 1;
  const list = isLast && onlyOutput(pipeline)?.envelope === false ? listOf(lazily, programs.at(-1)) : undefined;
  const scanner = fields.open(depthMax, list);
  const copies = programs.flatMap(({ output }) => (output.kind === 'copy' ? output.field : []));
  if (takesAtOnce && lazily.takeRows !== undefined && taker.takeRows !== undefined) {
    const { takeRows } = taker;
    const bytesMax = Math.min(options.lineBytesMax, lineBytesMax);
    const arrivalOf = (batch: Batch): Arrival => taker.eventOf(batch).arrival;
    if (filters.length === 0 && copies.length === programs.length && options.input !== 'envelope')
      return whereFit(lazyRows(scanner, copies, bytesMax, { arrivalOf, takeRows }));
  }
  const writeParts = partsWriter(scanner, list);
  const results: Json[] = computes.map(() => null);
  return whereFit(
    scannedLines({ scanner, fields, lineBytesMax }, pipeline.name, options, (form, batch, text) => () => {
      try {
        form.introduce();
        const event = taker.eventOf(batch);
        const failed = firstFailed(conditions, event.context);
        const parts = failed === -1 ? writeParts(batch, text) : 0;
        if (failed !== -1) {
          taker.filtered(failed);
        } else if (parts > 0) {
          taker.parted(at, parts);
        } else {
          for (let index = 0; index < computes.length; index++)
            results[index] = computes[index]?.(event.context) ?? null;
          if (takesAtOnce) taker.takeAtOnce(batch, event, results);
          else taker.take(batch, event, at, lazily.prepared(results, event.arrival));
        }
      } catch (error) {
        return goesFullWay(error);
      }
      batch.counts.input += 1;
      return true;
    }),
  );
}

// Runs once per input event: no iterators, no closures.
function firstFailed(conditions: readonly Compute[], context: Json): number {
  for (let at = 0; at < conditions.length; at++) if (!isTruthy(conditions[at]?.(context) ?? null)) return at;
  return -1;
}

function filterOf(stage: StagePlan, fields: LineFields, { tables }: PipelineSpec): FieldProgram | undefined {
  const script = lazyScript(stage);
  return script?.gives === 'passage' ? planOf(script, fields, tables) : undefined;
}

/** Undefined if one of them can't be computed. */
function computesOf(
  programs: readonly (FieldProgram | undefined)[],
  fields: LineFields,
): readonly Compute[] | undefined {
  const computes = programs.flatMap((program) => (program && computeOf(program, fields)) ?? []);
  return computes.length === programs.length ? computes : undefined;
}

/** The field whose elements the events become. */
function listOf(lazily: AcrossStage['lazily'], script: FieldProgram | undefined): number | undefined {
  const isList = lazily !== undefined && 'goesOnAsElements' in lazily && script?.output.kind === 'copy';
  return isList ? script.output.field : undefined;
}

/** Writes the elements of a field as lines of the only output, and returns their number: 0 if it has none. */
function partsWriter(scanner: Scanner, field: number | undefined): (batch: Batch, text: Text) => number {
  if (field === undefined) return () => 0;
  return (batch, text) => {
    const into = batch.linesOf(0)?.bytes;
    if (into === undefined) return 0;
    const start = into.length;
    try {
      const parts = copyElements(scanner, field, text, into);
      batch.counts.output += parts;
      return parts;
    } catch (error) {
      into.truncateTo(start);
      throw error;
    }
  };
}

/** A script that only reads a field need not run its program. */
function computeOf({ output, compute }: FieldProgram, fields: LineFields): Compute | undefined {
  return output.kind === 'copy' && compute !== undefined ? fields.reader(output.field) : compute;
}
