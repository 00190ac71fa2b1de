import { arrayOf, compileArgument, countUnits, rawArgument, type Evaluate, type Run } from '../compile/index.js';
import { compileGetter, parsePointer, type Getter } from '../pointer/index.js';
import { sameElements } from '../shape/index.js';
import { array, defineOperator, invalidArgument, placeInside, raw, takesAtLeast, type Call } from '../syntax/index.js';
import { compareValues, describe, isArray, spendSteps, spendText, type Json } from '../value/index.js';

/** Sorting keeps a row of fields for each element, and lists of rows. */
const UNITS_PER_ROW = 4;

export const sort = defineOperator('sort', () => ({
  summary:
    'The elements in order: by value, `"asc"` or `"desc"`, or by one or more fields, `"/pointer"` or `["/pointer", "desc"]`, where a missing field is null. Kinds stand in the order null, number, string, boolean, array, object; strings by their UTF-8 bytes. Equal elements keep their order.',
  signatures: { current: takesAtLeast(1, array(), raw('option')) },
  returns: 'array',
  shape: sameElements,
  growth: 'first',
  work: ['elements', 'members', 'text', 'digits'],
  examples: [
    { script: ['sort', { array: ['b', 10, 'a', 9, null] }], result: [null, 9, 10, 'a', 'b'] },
    { script: ['sort', { array: [1, 3, 2] }, 'desc'], result: [3, 2, 1] },
    {
      script: ['sort', ['$input'], '/team', ['/score', 'desc']],
      inputs: [
        [
          { team: 'b', score: 1 },
          { team: 'a', score: 1 },
          { team: 'a', score: 2 },
        ],
      ],
      result: [
        { team: 'a', score: 2 },
        { team: 'a', score: 1 },
        { team: 'b', score: 1 },
      ],
    },
  ],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    const keys = sortKeysOf(call);
    if ('problem' in keys) return failing(call, array, keys);
    return (run, scope) => {
      const items = arrayOf(array(run, scope), call, 0);
      countUnits(run, UNITS_PER_ROW * (1 + keys.length) * items.length, call.place);
      run.at = call.place;
      return sortBy(items, keys, run);
    };
  },
  check(call, report) {
    const keys = sortKeysOf(call);
    if (!('problem' in keys)) return;
    const pair = call.arguments.length > 2 ? 'A pointer and its direction are a pair: ["/name", "desc"].' : undefined;
    report({ code: 'sort-option', place: keys.place, message: keys.problem, hint: keys.hint ?? pair });
  },
}));

interface SortKey {
  /** The sort field; undefined for the element itself. */
  readonly field: Getter | undefined;
  /** 1 for ascending, -1 for descending. */
  readonly direction: 1 | -1;
}

interface Problem {
  readonly problem: string;
  readonly hint: string | undefined;
  readonly place: Call['place'];
}

function sortKeysOf(call: Call): readonly SortKey[] | Problem {
  const options = call.arguments.slice(1).map((_, index) => rawArgument(call, index + 1) ?? null);
  const [first, second] = options;
  if (first === undefined) return [{ field: undefined, direction: 1 }];
  if (second === undefined && (first === 'asc' || first === 'desc')) {
    return [{ field: undefined, direction: directionOf(first) }];
  }
  const keys: SortKey[] = [];
  for (const [index, option] of options.entries()) {
    const key = sortKeyOf(option);
    if (key === undefined)
      return {
        ...problemWith(option, options.length),
        place: placeInside(call.place, index + 2),
      };
    keys.push(key);
  }
  return keys;
}

function sortKeyOf(option: Json): SortKey | undefined {
  const [pointer, direction = 'asc', ...more] = isArray(option) ? option : [option];
  if (typeof pointer !== 'string' || !pointer.startsWith('/') || more.length > 0) return undefined;
  if (direction !== 'asc' && direction !== 'desc') return undefined;
  return { field: compileGetter(parsePointer(pointer), { arraySegment: true }), direction: directionOf(direction) };
}

function directionOf(word: 'asc' | 'desc'): 1 | -1 {
  return word === 'asc' ? 1 : -1;
}

function problemWith(option: Json, count: number): Omit<Problem, 'place'> {
  const forms =
    count === 1 ? '"asc", "desc", "/pointer" or ["/pointer", "desc"]' : '"/pointer" or ["/pointer", "desc"]';
  const taken = `'sort' takes ${forms} as ${count === 1 ? 'its option' : 'each of several options'}`;
  const meant = meantBy(option);
  return {
    problem: `${taken}, got ${meant?.what ?? describe(option)}`,
    hint: typeof option === 'string' ? wordMeant(option) : meant?.hint,
  };
}

/** Suggests what a text that is not an option was meant as. */
function wordMeant(option: string): string | undefined {
  const [direction] = /^(?:asc|desc)/i.exec(option) ?? [];
  if (direction === option || !/^\w+$/.test(option)) return undefined;
  if (direction !== undefined) return `Write ${JSON.stringify(direction.toLowerCase())}.`;
  return `A pointer begins with a slash: ${JSON.stringify(`/${option}`)}.`;
}

/** Describes an expression among the options, where it is not evaluated, and suggests the option to write instead. */
function meantBy(option: Json): { readonly what: string; readonly hint: string } | undefined {
  if (!isArray(option)) return undefined;
  const [head, first, body] = option;
  const isLambda = head === 'lambda' && option.length === 3;
  if (!isLambda && head !== '$input') return undefined;
  const reference = isLambda ? (body !== undefined && isArray(body) ? body[1] : undefined) : first;
  const isPlain = typeof reference === 'string' && reference.startsWith('/');
  // The first segment after `$` names the parameter.
  const pointer = isPlain && isLambda ? /^\/\w+(\/.+)$/.exec(reference)?.[1] : isPlain ? reference : undefined;
  return {
    what: isLambda ? 'a lambda' : 'a field of the event',
    hint: `The elements are sorted by a pointer into each, in quotes: ${JSON.stringify(pointer ?? '/name')}.`,
  };
}

function failing(call: Call, array: Evaluate, { problem, hint }: Problem): Evaluate {
  return (run, scope) => {
    arrayOf(array(run, scope), call, 0);
    throw invalidArgument(call.place, problem, hint);
  };
}

/** Charges for a value that will be compared. Joined text is laid out in memory when it is compared for the first time. */
function remembered(value: Json, run: Run): Json {
  spendSteps(run, 1);
  if (typeof value === 'string') spendText(run, value.length);
  return value;
}

function sortBy(items: readonly Json[], keys: readonly SortKey[], run: Run): Json[] {
  const [only] = keys;
  if (only !== undefined && only.field === undefined) {
    for (const item of items) remembered(item, run);
    return [...items].sort((a, b) => only.direction * compareValues(a, b, run));
  }
  const rows = items.map((item) => ({ item, fields: keys.map(({ field }) => remembered(field?.(item) ?? null, run)) }));
  rows.sort((a, b) => {
    for (const [index, { direction }] of keys.entries()) {
      const order = compareValues(a.fields[index] ?? null, b.fields[index] ?? null, run);
      if (order !== 0) return direction * order;
    }
    return 0;
  });
  return rows.map(({ item }) => item);
}
