/** The circuit breaker that spares a provider which fails, and us the waiting. */
export { createBreaker, type Breaker, type BreakerState, type Pass } from './breaker.js';
