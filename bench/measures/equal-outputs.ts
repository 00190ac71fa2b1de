import { readFileSync } from 'node:fs';

/**
 * Compares outputs line by line as JSON: numbers by value, members in any order.
 *
 * @throws Error that shows the first difference
 */
export function requireEqualOutputs(expected: string, actual: string, who: string): void {
  const expectedLines = readFileSync(expected, 'utf8').trimEnd().split('\n');
  const actualLines = readFileSync(actual, 'utf8').trimEnd().split('\n');
  for (const [index, line] of expectedLines.entries()) {
    const other = actualLines[index] ?? '';
    if (line !== other && canonical(line) !== canonical(other)) {
      throw new Error(`${who} differs in line ${index + 1}:\n  ${line}\n  ${other}`);
    }
  }
  if (actualLines.length !== expectedLines.length) {
    throw new Error(`${who} has ${actualLines.length} lines in place of ${expectedLines.length}`);
  }
}

function canonical(line: string): string {
  if (line === '') return '';
  return JSON.stringify(JSON.parse(line), (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
