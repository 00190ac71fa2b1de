import { arrayOf, compileArgument, countElements, countSteps, rawArgument, type Run } from '../compile/index.js';
import { compileGetter, parsePointer, type Getter } from '../pointer/index.js';
import { sameElements } from '../shape/index.js';
import { array, defineOperator, invalidArgument, placeInside, raw, takesUpTo, type Call } from '../syntax/index.js';
import { describe, equal, type Json } from '../value/index.js';

const MODES = ['firsts', 'lasts', 'singles', 'multiples'] as const;
type Mode = (typeof MODES)[number];

export const uniqueSorted = defineOperator('uniqueSorted', () => ({
  summary:
    'Runs of equal neighbours, optionally equal in one field, reduced to their `"firsts"` (the default) or `"lasts"`; or only the `"singles"`, which have no equal neighbour, or the `"multiples"`, which have.',
  signatures: { current: takesUpTo(2, array(), raw('field'), raw('mode')) },
  returns: 'array',
  shape: sameElements,
  growth: 'first',
  work: ['elements', 'members', 'text', 'digits'],
  examples: [
    { script: ['uniqueSorted', { array: [1, 1, 2, 3, 3] }], result: [1, 2, 3] },
    { script: ['uniqueSorted', { array: [1, 1, 2, 3, 3] }, 'multiples'], result: [1, 1, 3, 3] },
    {
      script: ['uniqueSorted', ['$input'], '/k', 'lasts'],
      inputs: [
        [
          { k: 1, v: 1 },
          { k: 1, v: 2 },
          { k: 2, v: 3 },
        ],
      ],
      result: [
        { k: 1, v: 2 },
        { k: 2, v: 3 },
      ],
    },
  ],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    const options = optionsOf(call);
    return (run, scope) => {
      const items = arrayOf(array(run, scope), call, 0);
      if ('problem' in options) throw invalidArgument(call.place, options.problem);
      countElements(run, 2 * items.length, call.place);
      countSteps(run, items.length, call.place);
      run.at = call.place;
      return selectFromRuns(items, options, run);
    };
  },
  check(call, report) {
    const options = optionsOf(call);
    if ('problem' in options) report({ code: 'unique-sorted-option', place: options.place, message: options.problem });
  },
}));

interface Options {
  /** The field to compare; undefined for the element itself. */
  readonly field: Getter | undefined;
  readonly mode: Mode;
}

interface Problem {
  readonly problem: string;
  readonly place: Call['place'];
}

function optionsOf(call: Call): Options | Problem {
  const first = rawArgument(call, 1);
  const second = rawArgument(call, 2);
  if (first === undefined) return { field: undefined, mode: 'firsts' };
  const isField = typeof first === 'string' && first.startsWith('/');
  const field = isField ? compileGetter(parsePointer(first), { arraySegment: true }) : undefined;
  if (second === undefined) {
    if (isField) return { field, mode: 'firsts' };
    return isMode(first) ? { field: undefined, mode: first } : problemWith(call, 1, 'a "/pointer" or a mode', first);
  }
  if (!isField) return problemWith(call, 1, 'a "/pointer" before the mode', first);
  return isMode(second) ? { field, mode: second } : problemWith(call, 2, 'a mode', second);
}

function isMode(option: Json): option is Mode {
  return MODES.some((mode) => mode === option);
}

function problemWith(call: Call, index: number, expected: string, got: Json): Problem {
  const modes = MODES.map((mode) => JSON.stringify(mode)).join(', ');
  const problem = `'uniqueSorted' takes ${expected}, got ${describe(got)}; the modes are ${modes}`;
  return { problem, place: placeInside(call.place, index + 1) };
}

function selectFromRuns(items: readonly Json[], { field, mode }: Options, run: Run): Json[] {
  const keys = field === undefined ? items : items.map((item) => field(item) ?? null);
  const equalsNext = (index: number): boolean => {
    const key = keys[index];
    const next = keys[index + 1];
    return key !== undefined && next !== undefined && equal(key, next, run);
  };
  let equalsPrevious = false;
  return items.filter((_, index) => {
    const hasEqualAfter = equalsNext(index);
    const hasEqualBefore = equalsPrevious;
    equalsPrevious = hasEqualAfter;
    switch (mode) {
      case 'firsts':
        return !hasEqualBefore;
      case 'lasts':
        return !hasEqualAfter;
      case 'singles':
        return !hasEqualBefore && !hasEqualAfter;
      case 'multiples':
        return hasEqualBefore || hasEqualAfter;
    }
  });
}
