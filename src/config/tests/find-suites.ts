import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const TEST_FILE = /\.test\.(?:ya?ml|jsonc?)$/i;

/** Whether a file has the name of a test file: `colloquium.test.yaml`, `labels.test.json`. */
export function isTestFile(path: string): boolean {
  return TEST_FILE.test(path);
}

/** The test files of a config: those in its folder, by name. Absolute. */
export async function testFilesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory() && isTestFile(entry.name)).map(({ name }) => name);
  return names.sort().map((name) => join(directory, name));
}
