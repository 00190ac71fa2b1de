/** The page at `/`: what the daemon does, for people. */
export { Feed } from './feed.js';
export type { FleetMember, MemberPipeline } from './fleet.js';
export type { RetryReport, Letters, LetterView } from './letters.js';
export { addDashboardRoutes, type Dashboard } from './routes.js';
