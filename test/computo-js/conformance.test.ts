import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compile, ComputoError, equal, stringify, type Dialect, type Json } from 'computo-js';

/** What the reference engine answered to a random script. */
interface Vector {
  readonly script: Json;
  readonly inputs: readonly Json[];
  readonly result?: Json;
  readonly error?: 'InvalidArgumentException' | 'InvalidOperatorException';
}

for (const dialect of ['classic', 'current'] as const) {
  test(`answers like the reference engine: ${dialect}`, () => {
    expect(failuresOf(dialect)).toEqual([]);
  });
}

function failuresOf(dialect: Dialect): string[] {
  const text = readFileSync(new URL(`../../fixtures/computo-js/${dialect}.jsonl`, import.meta.url), 'utf8');
  const failures: string[] = [];
  for (const [index, line] of text.trimEnd().split('\n').entries()) {
    const vector = JSON.parse(line) as Vector;
    const problem = problemWith(vector, dialect);
    if (problem !== undefined) failures.push(`line ${index + 1}: ${problem}; script ${stringify(vector.script)}`);
  }
  return failures;
}

function problemWith({ script, inputs, result, error }: Vector, dialect: Dialect): string | undefined {
  let answer: Json;
  try {
    answer = compile(script, { dialect }).run(inputs);
  } catch (thrown) {
    if (!(thrown instanceof ComputoError)) return `crashed: ${String(thrown)}`;
    return error === `${thrown.kind}Exception`
      ? undefined
      : `raised ${thrown.message}, expected ${error ?? stringify(result ?? null)}`;
  }
  if (result !== undefined && equal(answer, result)) return undefined;
  return `got ${stringify(answer)}, expected ${error ?? stringify(result ?? null)}`;
}
