/** Rate limits: two token buckets that processes share, a fair queue, and the limits in providers' headers. */
export { acquireAll } from './acquire-all.js';
export { createGate, type Gate } from './gate.js';
export { goDurationMs } from './go-duration.js';
export { createLimiter, type Limiter, type LimiterStatus, type Permit } from './limiter.js';
export { createRateMeter, type RateMeter } from './rate-meter.js';
export { readLimitHeaders, type LimitReport } from './report.js';
export { saneWaitMs, untilEpochMs, waitInWords } from './waits.js';
export { sharedBuckets, type SharedBuckets } from './shared-buckets.js';
