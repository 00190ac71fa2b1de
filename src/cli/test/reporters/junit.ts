import { basename } from 'node:path';
import type { CaseResult } from '../../../jobs/test/index.js';
import type { Reporter } from './reporter.js';
import { problemLines } from './words.js';

/** JUnit's XML, as CI servers read it: a suite for each file. */
export const junitReporter: Reporter = {
  result: () => '',
  end(results) {
    const files = [...new Set(results.map(({ file }) => file))];
    const suites = files.map((file) =>
      suite(
        file,
        results.filter((one) => one.file === file),
      ),
    );
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
  },
};

function suite(file: string, results: readonly CaseResult[]): string {
  const count = (outcome: CaseResult['outcome']): number => results.filter((one) => one.outcome === outcome).length;
  const seconds = results.reduce((sum, one) => sum + one.seconds, 0);
  const name = escaped(basename(file));
  const counts = `tests="${results.length}" failures="${count('failed')}" skipped="${count('skipped')}"`;
  const cases = results.map((one) => testCase(name, one));
  return `  <testsuite name="${name}" ${counts} errors="0" time="${seconds.toFixed(3)}">\n${cases.join('')}  </testsuite>\n`;
}

function testCase(className: string, { name, outcome, problems, seconds }: CaseResult): string {
  const head = `    <testcase classname="${className}" name="${escaped(name)}" time="${seconds.toFixed(3)}"`;
  if (outcome === 'passed') return `${head}/>\n`;
  const message = escaped(problems[0]?.message ?? '');
  const text = escaped(problems.flatMap(problemLines).join('\n'));
  const inner =
    outcome === 'skipped' ? `<skipped message="${message}"/>` : `<failure message="${message}">${text}</failure>`;
  return `${head}>\n      ${inner}\n    </testcase>\n`;
}

/** XML 1.0 knows no other control characters than these three. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    '\n': '&#10;',
  };
  return text.replaceAll(FORBIDDEN, '\uFFFD').replaceAll(/[&<>"\n]/g, (sign) => entities[sign] ?? sign);
}
