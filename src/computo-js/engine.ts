/** The engine without the text form, so that code that runs only JSON scripts need not load a parser for text. */
import { unmetered } from './value/index.js';

export { check, type CheckOptions, type ScriptDiagnostic } from './check/index.js';
export { DEFAULT_LIMITS, MISSING, type Limits, type TraceEvent, type TraceListener } from './compile/index.js';
export { ComputoError, type ComputoErrorKind } from './computo-error.js';
export { DataFault, JsonDepthError, JsonSyntaxError, parseExactly, readNumber } from './json-text/index.js';
export { detectDialect, type Detection, type DialectMarker } from './dialect/index.js';
export { inferShape, type Inferred, type InferOptions, type Miss } from './infer/index.js';
export { operatorGroups, operators, type OperatorGroup } from './operators/index.js';
export type { LookupTable, TableShape } from './lookup-table.js';
export { patternTest, type PatternTest } from './operators/regex/pattern-test.js';
export type { ExecuteOptions } from './options.js';
export type { PermutoOptions } from './permuto/index.js';
export { formatPointer, parsePointer } from './pointer/index.js';
export { type Compute, type FieldReader, type OutputProgram, type FieldProgram } from './plan/index.js';
export { compile, execute, type Program } from './program.js';
export { brokenPlaceholder, type BrokenPlaceholder } from './permuto/index.js';
export { fillTemplate } from './template.js';
export { spanAt, type Span } from './text-form/span.js';
export { renderReference, searchOperators } from './reference/index.js';
export {
  ANY as ANY_SHAPE,
  arrayShape,
  elementOf as elementShape,
  join as joinShapes,
  objectShape,
  scalarShape,
  shapeOf,
  tupleShape,
  type Origin,
  type Shape,
} from './shape/index.js';
export type { Arity, Dialect, DialectOption, Example, OperatorInfo } from './syntax/index.js';
export const { addNumbers, canonicalText, compareNumbers, compareValues, distinctKey, equal, orderedObject } =
  unmetered;
export {
  isTruthy,
  INTEGER_DIGITS_MAX,
  NumberText,
  readDecimal,
  stringify,
  type Json,
  type JsonNumber,
  type JsonObject,
} from './value/index.js';
