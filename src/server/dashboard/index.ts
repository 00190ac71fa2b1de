/** The page at `/`, which shows people what the daemon does. */
export type { BatchesLook, BatchView } from './batches.js';
export { Feed } from './feed.js';
export type { FleetMember, MemberPipeline } from './fleet.js';
export type { LetterGroup, Letters, LettersLook, LetterView, RetryPreview, RetryReport } from './letters.js';
export { addDashboardRoutes, type Dashboard } from './routes.js';
