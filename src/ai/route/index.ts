/** The choice of provider. */
export { createLatencyMeter, type LatencyMeter } from './latency.js';
export { inOrder, type RouteCandidate, type Route } from './order.js';
export { laneLabel } from './lane-label.js';
