import type { CheckOptions } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import { checkScript } from '../script/index.js';
import { testFilesIn } from './find-suites.js';
import { suiteInConfig, suiteInFile, type TestedConfig, type TestSuite } from './read-suite.js';
import type { ScriptSource } from '../script/index.js';

/**
 * Finds what is wrong with the test cases of a config: in it, and in the test files of its folder.
 *
 * @param file of the config, absolute
 * @param options how scripts are checked
 * @param others further test files, absolute
 */
export async function checkSuites(
  config: TestedConfig,
  file: string,
  options: CheckOptions,
  others: readonly string[] = [],
): Promise<readonly Diagnostic[]> {
  const files = new Set([...(await testFilesIn(config.directory)), ...others]);
  const suites = [
    await suiteInConfig(config, file),
    ...(await Promise.all([...files].map((one) => suiteInFile(config, one)))),
  ];
  return suites.flatMap((suite) => [
    ...suite.findings,
    ...scriptsOf(suite).flatMap((script) => checkScript(script, options)),
  ]);
}

function scriptsOf({ cases }: TestSuite): readonly ScriptSource[] {
  return cases.flatMap(({ expect, ai }) => [
    ...(expect === undefined ? [] : 'every' in expect ? [expect.every] : expect.each),
    ...(ai.kind === 'given' ? ai.answers.flatMap(({ when }) => when ?? []) : []),
  ]);
}
