/** The circuit breaker that spares a provider which fails, and us the waiting. */
export { createBreaker, type Breaker, type BreakerOptions, type BreakerState, type Pass } from './breaker.js';
