import { isTruthy, type Compute, type Json, type FieldProgram } from 'computo-js';
import type { Scanner } from '../../json/index.js';
import { lineFields, type LineFields } from './lazy-fields.js';
import { dataWriter, type WriteData } from './lazy-writer.js';
import type { StagePlan } from '../../config/index.js';
import type { PipelineSpec } from '../spec.js';
import {
  compileStage,
  FILTERED,
  isAiStage,
  programOf,
  stageKinds,
  type LazyScript,
  type Stage,
} from '../stages/index.js';

/**
 * A pipeline that reads only those fields of a line that its scripts use. If it throws anything, the line must take the full
 * path: parsed completely, through the stages one by one.
 */
export interface LazyPipeline {
  readonly scanner: Scanner;
  readonly fields: LineFields;
  readonly needsContext: boolean;
  /** Longer lines might produce more data than the limits allow. */
  readonly lineBytesMax: number;
  /** Whether the last scanned line passes the filters in front. */
  passes(context: Json): boolean;
  /** Writes the finished data; undefined if further stages need it as a value. */
  readonly write: WriteData | undefined;
  /** Makes the finished data; undefined if it can only be written. */
  readonly make: ((context: Json) => Json | typeof FILTERED) | undefined;
}

/** @returns undefined if it is unknown what the scripts read, or they read everything */
export function lazyPipeline({ stages, tables }: PipelineSpec, depthMax: number): LazyPipeline | undefined {
  const fields = lineFields();
  const scripts = stages.map(lazyScript);
  const filtersEnd = scripts.findIndex((script) => script?.gives !== 'passage');
  const ahead = filtersEnd === -1 ? scripts : scripts.slice(0, filtersEnd);
  const [change, ...behind] = filtersEnd === -1 ? [] : stages.slice(filtersEnd);

  const filters = ahead.map((script) => planOf(script, fields, tables));
  const plan = change === undefined ? wholeLine(fields) : planOf(scripts[filtersEnd], fields, tables);
  if (plan === undefined || !filters.every(isKnown) || behind.some(isAiStage)) return undefined;
  const rest = behind.map((stage) => compileStage(stage, { tables }));
  const conditions = filters.map(({ compute }) => compute);
  if (!conditions.every(isKnown) || (rest.length > 0 && plan.compute === undefined)) return undefined;

  const scanner = fields.open(depthMax);
  return {
    scanner,
    fields,
    needsContext: [...filters, plan, ...rest].some(({ needsContext }) => needsContext),
    lineBytesMax: plan.copyBytesMax,
    passes: allOf(conditions),
    write: rest.length === 0 ? dataWriter(plan.output, scanner) : undefined,
    make: plan.compute && chain(plan.compute, rest),
  };
}

export function lazyScript(stage: StagePlan): LazyScript | undefined {
  const kind = stageKinds.of(stage);
  return kind.callsAt === undefined ? kind.lazily?.(stage) : undefined;
}

export function planOf(
  lazy: LazyScript | undefined,
  fields: LineFields,
  tables: PipelineSpec['tables'],
): FieldProgram | undefined {
  return lazy && programOf(lazy.script, tables).plan(fields);
}

/** For a pipeline of filters only: passes the line through unchanged. */
function wholeLine(fields: LineFields): FieldProgram {
  return {
    needsContext: false,
    output: { kind: 'copy', field: fields.number([]) },
    compute: undefined,
    copyBytesMax: Number.POSITIVE_INFINITY,
  };
}

function isKnown<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function allOf(conditions: readonly Compute[]): (context: Json) => boolean {
  const [only] = conditions;
  if (only === undefined) return () => true;
  if (conditions.length === 1) return (context) => isTruthy(only(context));
  return (context) => conditions.every((condition) => isTruthy(condition(context)));
}

function chain(compute: Compute, rest: readonly Stage[]): (context: Json) => Json | typeof FILTERED {
  if (rest.length === 0) return compute;
  return (context) => {
    let data = compute(context);
    for (const stage of rest) {
      const next = stage.run(data, context);
      if (next === FILTERED) return FILTERED;
      data = next;
    }
    return data;
  };
}
