/** Test cases of pipelines: how they are written, found and read. */
export { isTestFile, testFilesIn } from './find-suites.js';
export { suiteInConfig, suiteInFile, type TestedConfig, type TestSuite } from './read-suite.js';
export { checkSuites } from './check-suites.js';
export type { FaultKind } from './fault.js';
export type { TestAnswer, TestAnswers, TestCase, TestEvents } from './test-plan.js';
