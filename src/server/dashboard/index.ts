/** The page at `/`, which shows people what the daemon does. */
export { Feed } from './feed.js';
export type { FleetMember, MemberPipeline } from './fleet.js';
export type { RetryReport, Letters, LetterView } from './letters.js';
export { addDashboardRoutes, type Dashboard } from './routes.js';
