/** What is reported to OpenTelemetry about attempts, in logs and in traces. */
export { attributesOf, type Attributes } from './attributes.js';
export type { AttemptObserver, EndedAttempt } from './ended-attempt.js';
export { openTracing, type TracingOptions } from './tracing.js';
