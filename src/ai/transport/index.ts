/** HTTP, one POST at a time, with a time-out for each phase. */
export { createTransport, type HttpAnswer, type Timeouts, type Transport } from './http-post.js';
export { TransportError } from './transport-error.js';
