/** Scripts as trees, and the operators' records. */
export type { Dialect, DialectOption } from './dialect.js';
export { invalidArgument, limitExceeded, overLimit, quotedHint, textHint, wrongKind } from './fault.js';
export type { Binding, Call, Fault, If, Lambda, Let, List, Node } from './node.js';
export {
  completeOperator,
  defineOperator,
  inBoth,
  usageHint,
  type Example,
  type Growth,
  type Inferrer,
  type Known,
  type InputPath,
  type Operator,
  type OperatorEntry,
  type OperatorInfo,
  type Parser,
  type RawCall,
  type Report,
  type ShapeRule,
  type Work,
} from './operator.js';
export { placeInside, pointerTo, ROOT, type Place } from './place.js';
export {
  array,
  arityText,
  lambda,
  number,
  parameterAt,
  raw,
  takes,
  takesAtLeast,
  takesUpTo,
  value,
  type Arity,
  type Signature,
} from './signature.js';
