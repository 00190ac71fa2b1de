/** Runs the test cases of a config in this process, without the network. */
export { planTests, type TestPlan } from './plan.js';
export type { CaseResult, Problem } from './result.js';
export { runTests, type TestOptions } from './run-tests.js';
