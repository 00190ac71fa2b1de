/** What was spent, for people and programs. */
export { costReport, costReportJson, type CostQuestion, type CostReport } from './cost-report.js';
export type { CascadeCost } from './cascades.js';
export { knownCost } from './known-cost.js';
