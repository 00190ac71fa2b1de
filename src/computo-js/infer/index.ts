/** Infers what scripts can yield, and which of their reads can't succeed, without running them. */
export { inferShape, type Inferred, type InferOptions, type Miss } from './infer.js';
