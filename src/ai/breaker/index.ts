/** The circuit breaker, which spares a failing provider further calls, and callers the waiting. */
export { sharedBreaker } from './shared-breaker.js';
export { createBreaker, type Breaker, type BreakerState, type ProbeDown, type BreakerPass } from './breaker.js';
