import { compileArgument, countUnits, textOf } from '../../compile/index.js';
import { join, objectShape, scalarShape, type Field } from '../../shape/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import { orderedObject, type Json } from '../../value/index.js';
import { UNITS_PER_PIECE } from '../pieces.js';
import { compilePattern, patternWritten, reportPattern } from './pattern.js';
import { firstMatch } from './search.js';

export const capture = defineOperator('regex.capture', () => ({
  summary: 'An object of the named groups of the first match, null where a group took no part; null without a match.',
  signatures: inBoth(takes(value('text', 'string'), value('pattern', 'string'))),
  work: ['text'],
  frames: 2,
  shape(_, call, { origin }) {
    const pattern = patternWritten(call, 1);
    const names = Object.keys(pattern?.regex.namedGroups() ?? {});
    const group: Field = { shape: scalarShape('string', 'null'), optional: false };
    const groups = new Map(names.map((name) => [name, group]));
    return join(objectShape(groups, pattern === undefined, origin), scalarShape('null'));
  },
  examples: [
    { script: ['regex.capture', 'user=ada 35 ms', 'user=(?<user>\\w+)'], result: { user: 'ada' } },
    { script: ['regex.capture', 'none', '(?<n>\\d+)'], result: null },
  ],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    const patternGiven = compilePattern(call, 1, compiler);
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      const pattern = patternGiven(run, scope);
      const match = firstMatch(pattern, text, call, run);
      if (match === undefined) return null;
      const groups = Object.entries(pattern.regex.namedGroups()).sort(([, a], [, b]) => a - b);
      run.at = call.place;
      countUnits(run, UNITS_PER_PIECE * groups.length, call.place);
      return orderedObject(
        groups.map(([name, index]): [string, Json] => [name, match.group(index)]),
        run,
      );
    };
  },
  check: (call, report) => reportPattern(call, 1, report),
}));
