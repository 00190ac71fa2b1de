/** Which provider serves. */
export { createLatencyMeter, type LatencyMeter } from './latency.js';
export { inOrder, type Candidate, type Route } from './order.js';
