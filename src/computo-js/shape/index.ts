/** Shapes: what values can look like before they exist. */
export { combinedShape } from './combined.js';
export { elementOf, sameElements } from './elements.js';
export { readShape } from './read.js';
export {
  ANY,
  arrayShape,
  isNever,
  join,
  joinAll,
  memberOf,
  NEVER,
  objectIn,
  objectShape,
  scalarShape,
  shapeOf,
  shapeOfKind,
  tupleShape,
  withoutNull,
  type Field,
  type Origin,
  type Shape,
} from './shape.js';
