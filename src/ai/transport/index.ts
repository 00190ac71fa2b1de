/** HTTP, one POST at a time, with a time-out for each phase. */
export type { StreamProgress, StreamReader } from './answer-body.js';
export { reasonOf } from './connect-reason.js';
export { EventParser, type StreamEvent } from './event-parser.js';
export { HeaderList } from './header-list.js';
export { createTransport, type HttpAnswer, type Timeouts, type Transport } from './http-post.js';
export { proxyFor } from './proxy-for.js';
export { createRoute, type Network } from './route.js';
export { TransportError } from './transport-error.js';
