/** What values can look like before there are any. */
export { inferShape, type Inferred, type InferOptions, type Miss } from './infer.js';
export { ANY, join, objectShape, scalarShape, shapeOf, tupleShape, type Origin, type Shape } from './shape.js';
