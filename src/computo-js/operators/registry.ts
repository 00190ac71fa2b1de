import type { Dialect, Operator, OperatorEntry, OperatorInfo, Signature } from '../syntax/index.js';
import { approx } from './approx.js';
import { base64Operators } from './base64/index.js';
import { chunk } from './chunk.js';
import { greater, greaterOrEqual, less, lessOrEqual } from './comparison.js';
import { count } from './count.js';
import { csvOperators } from './csv/index.js';
import { dividedBy, modulo } from './division.js';
import { equals, notEquals } from './equality.js';
import { filter } from './filter.js';
import { flatMap } from './flat-map.js';
import { get } from './get.js';
import { hashOperators } from './hash/index.js';
import { ifOperator } from './if.js';
import { enumerate, mapWithIndex } from './indexed.js';
import { input, inputs } from './input.js';
import { jsonOperators } from './json/index.js';
import { lambdaOperator } from './lambda.js';
import { letOperator } from './let.js';
import { listOperators } from './list/index.js';
import { append, car, cdr, cons } from './list.js';
import { and, andClassic, not, or, orClassic } from './logic.js';
import { logfmtOperators } from './logfmt/index.js';
import { map } from './map.js';
import { keys, merge, values } from './members.js';
import { minus } from './minus.js';
import { numberOperators } from './number/index.js';
import { obj } from './obj.js';
import { objectOperators } from './object/index.js';
import { objFromPairs } from './obj-from-pairs.js';
import { partition } from './partition.js';
import { diffOperator, patchOperator } from './patching.js';
import { permutoApply } from './permuto.js';
import { plus } from './plus.js';
import { reduce } from './reduce.js';
import { regexOperators } from './regex/index.js';
import { reverse } from './reverse.js';
import { every, find, some } from './search.js';
import { omit, pick } from './selection.js';
import { sort } from './sort.js';
import { join, strConcat } from './join.js';
import { tableOperators } from './table/index.js';
import { textOperators } from './text/index.js';
import { timeOperators } from './time/index.js';
import { times } from './times.js';
import { unique } from './unique.js';
import { uniqueSorted } from './unique-sorted.js';
import { urlOperators } from './url/index.js';
import { valueOperators } from './value/index.js';
import { variable } from './variable.js';
import { zip, zipWith } from './zip.js';

/** Related operators. */
interface Group {
  readonly title: string;
  readonly operators: readonly OperatorEntry[];
}

/** The reference engine's own operators. A new operator is a file and a line here. */
const REFERENCE: readonly Group[] = [
  {
    title: 'Data and control',
    operators: [input, inputs, get, variable, letOperator, ifOperator, lambdaOperator],
  },
  {
    title: 'Numbers',
    operators: [plus, minus, times, dividedBy, modulo],
  },
  {
    title: 'Comparison',
    operators: [equals, notEquals, greater, less, greaterOrEqual, lessOrEqual, approx],
  },
  {
    title: 'Logic',
    operators: [and, or, andClassic, orClassic, not],
  },
  {
    title: 'Arrays and lambdas',
    operators: [map, filter, reduce, find, some, every, flatMap, mapWithIndex, zipWith, partition],
  },
  {
    title: 'Arrays',
    operators: [count, car, cdr, cons, append, zip, enumerate, chunk, reverse, sort, unique, uniqueSorted],
  },
  {
    title: 'Objects',
    operators: [obj, objFromPairs, keys, values, pick, omit, merge],
  },
  {
    title: 'Text and templates',
    operators: [strConcat, join, permutoApply],
  },
  {
    title: 'Changes',
    operators: [diffOperator, patchOperator],
  },
];

/** Operators beyond the reference engine, by family. */
const BEYOND: readonly OperatorEntry[] = [
  ...valueOperators,
  ...listOperators,
  ...objectOperators,
  ...timeOperators,
  ...jsonOperators,
  ...urlOperators,
  ...csvOperators,
  ...logfmtOperators,
  ...textOperators,
  ...regexOperators,
  ...numberOperators,
  ...hashOperators,
  ...base64Operators,
  ...tableOperators,
];

const registry: readonly OperatorEntry[] = [...REFERENCE.flatMap(({ operators: ofGroup }) => ofGroup), ...BEYOND];

/** Returns every operator of both dialects, in the order of the reference, as users see them. */
export function operators(): readonly OperatorInfo[] {
  return recordsOf(registry);
}

function recordsOf(entries: readonly OperatorEntry[]): readonly OperatorInfo[] {
  return entries.map(({ operator }) => operator());
}

/** Related operators, for display. A family is named by the common prefix of its operators. */
export interface OperatorGroup {
  readonly title: string;
  readonly operators: readonly OperatorInfo[];
}

/** Returns all operators by group, in the order of the reference. */
export function operatorGroups(): readonly OperatorGroup[] {
  const families = new Map<string, OperatorEntry[]>();
  for (const entry of BEYOND) {
    const [family = ''] = entry.name.split('.');
    families.set(family, [...(families.get(family) ?? []), entry]);
  }
  const groups = [...REFERENCE, ...[...families].map(([title, ofFamily]) => ({ title, operators: ofFamily }))];
  return groups.map(({ title, operators: ofGroup }) => ({ title, operators: recordsOf(ofGroup) }));
}

/** An operator as it exists in one dialect. */
interface Found {
  readonly operator: Operator;
  readonly signature: Signature;
}

const BY_NAME: ReadonlyMap<string, OperatorEntry> = new Map(registry.map((entry) => [entry.name, entry]));

export function findOperator(name: string, dialect: Dialect): Found | undefined {
  const operator = BY_NAME.get(name)?.operator();
  const signature = operator?.signatures[dialect];
  return operator && signature && { operator, signature };
}

export function operatorNames(dialect: Dialect): string[] {
  return [...BY_NAME.keys()].filter((name) => findOperator(name, dialect) !== undefined);
}
