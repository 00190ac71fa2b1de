/** Which provider serves. */
export { createLatencyMeter, type LatencyMeter } from './latency.js';
export { inOrder, type RouteCandidate, type Route } from './order.js';
