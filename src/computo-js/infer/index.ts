/** What scripts can yield, and which of their reads cannot succeed, before anything runs. */
export { inferShape, type Inferred, type InferOptions, type Miss } from './infer.js';
