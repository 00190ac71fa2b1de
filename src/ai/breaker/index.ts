/** The circuit breaker that spares a provider which fails, and us the waiting. */
export { sharedBreaker } from './shared-breaker.js';
export { createBreaker, type Breaker, type BreakerState, type ProbeDown, type BreakerPass } from './breaker.js';
