/** Everything that the daemon counts and measures. */
export type { KnownNames } from './known-names.js';
export type { DiskSpace } from './log-meter.js';
export { openMetrics, type Metrics } from './metrics.js';
export type { PipelineStanding } from './pipeline-meter.js';
export { addMetricsRoutes } from './routes.js';
export { FAILED } from './summary.js';
export { samplesOf, sumOf, type MetricSample, type Snapshot } from './snapshot.js';
