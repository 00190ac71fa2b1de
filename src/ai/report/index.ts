/** What was spent, for people and programs. */
export { costReport, costReportJson, knownCost, type CostQuestion, type CostReport } from './cost-report.js';
