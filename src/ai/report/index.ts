/** What was spent, for people and programs. */
export {
  costReport,
  costReportJson,
  knownCost,
  totalsJson,
  type CostQuestion,
  type CostReport,
} from './cost-report.js';
