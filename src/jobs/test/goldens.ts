import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError } from '../../config/index.js';
import { blameFile } from '../../config/source/index.js';
import { fileKey, hasCode, isWithin, putFile, resolvePath } from '../../files/index.js';
import { parseJson, stringifyJson } from '../../json/index.js';
import type { FinishedEvent } from './observed.js';
import type { PlannedCase, TestPlan } from './plan.js';

/** The text of a golden file: the data of each event as a line. */
export function goldenText(events: readonly FinishedEvent[]): string {
  return events.map(({ data }) => `${stringifyJson(data)}\n`).join('');
}

/** @returns whether the file was changed */
export async function updateGolden(file: string, events: readonly FinishedEvent[]): Promise<boolean> {
  const text = goldenText(events);
  if ((await textIfThere(file)) === text) return false;
  await putFile(file, text);
  return true;
}

/**
 * Refuses to update golden files that may be something else.
 *
 * @throws ConfigError with everything that is wrong with them
 */
export async function refuseWrongGoldens({ cases, sources }: Pick<TestPlan, 'cases' | 'sources'>): Promise<void> {
  const others = new Set(sources.map((file) => fileKey(file)));
  const problems = await Promise.all(
    cases.map(async (test) => {
      const problem = await problemWith(test, others);
      if (problem === undefined) return [];
      const message = `the case ${JSON.stringify(test.name)}: --update does not write ${problem}`;
      return [blameFile(test.file)('invalid-value', message, 'give output a file of its own, beside the test file')];
    }),
  );
  const found = problems.flat();
  if (found.length > 0) throw new ConfigError(found);
}

/** @param others keys of files that a golden file must not be */
async function problemWith({ output, file }: PlannedCase, others: ReadonlySet<string>): Promise<string | undefined> {
  if (output === undefined || !('file' in output)) return undefined;
  const golden = output.file;
  if (!isWithin(resolvePath(golden), resolvePath(dirname(file)))) {
    return `${golden}: it is not in the folder of ${file}`;
  }
  const stats = statSync(golden, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isFile()) return `${golden}: it is not a regular file`;
  if (others.has(fileKey(golden))) return `${golden}: the config or a case reads it`;
  const text = (await textIfThere(golden)) ?? '';
  return areLinesOfJson(text) ? undefined : `over ${golden}: it is not lines of JSON`;
}

function areLinesOfJson(text: string): boolean {
  try {
    for (const line of text.split('\n')) if (line.trim() !== '') parseJson(line);
    return true;
  } catch {
    return false;
  }
}

async function textIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
