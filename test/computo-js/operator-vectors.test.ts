import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tablesOf, type RowsByKey } from './tables-of.js';
import { compile, ComputoError, equal, parseExactly, stringify, type ComputoErrorKind, type Json } from 'computo-js';

/** A call of an operator beyond the reference, and what it yields or how it fails. */
interface Vector {
  readonly script: Json;
  readonly inputs: readonly Json[];
  readonly tables?: RowsByKey;
  readonly result?: Json;
  readonly error?: ComputoErrorKind;
}

const vectors = readFileSync(new URL('../../fixtures/computo-js/operators.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => parseExactly(line, 100) as unknown as Vector);

const families = [...new Set(vectors.map(({ script }) => familyOf(script)))].sort();

test.each(families)('answers the vectors of the family %s', (family) => {
  const failures = vectors.flatMap((vector) => (familyOf(vector.script) === family ? failuresOf(vector) : []));
  expect(failures).toEqual([]);
});

function familyOf(script: Json): string {
  const name: unknown = Array.isArray(script) ? script[0] : undefined;
  return typeof name === 'string' && name.includes('.') ? name.slice(0, name.indexOf('.')) : 'others';
}

function failuresOf({ script, inputs, tables, result, error }: Vector): string[] {
  let answer: Json;
  try {
    answer = compile(script, { dialect: 'current', tables: tablesOf(tables ?? {}) }).run(inputs);
  } catch (thrown) {
    if (thrown instanceof ComputoError && thrown.kind === error) return [];
    return [`${stringify(script)} on ${stringify(inputs)} raised ${String(thrown)}`];
  }
  if (result !== undefined && equal(answer, result)) return [];
  return [
    `${stringify(script)} on ${stringify(inputs)} yields ${stringify(answer)}, not ${stringify(result ?? error ?? null)}`,
  ];
}
