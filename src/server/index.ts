/** Floor 7: the HTTP server of the daemon. Import it only to serve. */
export type { AccessRules, AuditEntry, AuditTrail, KnownToken } from './access/index.js';
export { EventReader } from './event-reader.js';
export {
  createAlarm,
  postAlert,
  signalReader,
  type Alarm,
  type AlertMessage,
  type AlertSignals,
} from './alerts/index.js';
export { healthOf, readinessOf, type Health, type HealthComponent, type Readiness } from './health.js';
export { ingestBlocks, type Intake } from './ingest/ingest-blocks.js';
export { REGISTER_PLACE } from './ingest/file-register.js';
export { ingestFolder, type FolderInput, type FolderTalk } from './ingest/ingest-folder.js';
export { ingestQueue } from './ingest/ingest-queue.js';
export { openMetrics, type DiskSpace, type KnownNames, type Metrics, type PipelineStanding } from './metrics/index.js';
export { startServer, type RunningServer, type ServerOptions } from './server.js';
export type { ServerPlan } from './server-plan.js';
export { TapHub } from './tap/index.js';
export {
  Feed,
  type BatchesLook,
  type BatchView,
  type FleetMember,
  type LetterGroup,
  type LettersLook,
  type LetterView,
  type MemberPipeline,
  type RetryPreview,
  type RetryReport,
} from './dashboard/index.js';
export { displacedLog } from './displaced.js';
export { HttpError } from './http-error.js';
export { recovering } from './recovering.js';
