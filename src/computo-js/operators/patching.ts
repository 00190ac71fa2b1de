import { arrayOf, compileArgument, countSteps } from '../compile/index.js';
import { applyPatch, diff, PatchError } from '../patch/index.js';
import { array, defineOperator, invalidArgument, takes, value } from '../syntax/index.js';

export const diffOperator = defineOperator('diff', () => ({
  summary: 'The JSON Patch (RFC 6902) that turns one value into another.',
  signatures: { classic: takes(value('before'), value('after')) },
  returns: 'array',
  work: ['elements', 'members', 'text', 'digits'],
  examples: [{ script: ['diff', { a: 1, b: 2 }, { a: 1, b: 3 }], result: [{ op: 'replace', path: '/b', value: 3 }] }],
  compile(call, compiler) {
    const beforeGiven = compileArgument(call, 0, compiler);
    const afterGiven = compileArgument(call, 1, compiler);
    return (run, scope) => {
      const before = beforeGiven(run, scope);
      const after = afterGiven(run, scope);
      run.at = call.place;
      return diff(before, after, run);
    };
  },
}));

export const patchOperator = defineOperator('patch', () => ({
  summary: 'A document after a JSON Patch (RFC 6902). An operation that leads nowhere or tests in vain is an error.',
  signatures: { classic: takes(value('document'), array('operations')) },
  work: ['elements', 'members', 'text', 'digits'],
  examples: [
    {
      script: [
        'patch',
        { a: 1 },
        {
          array: [
            { op: 'add', path: '/b', value: [] },
            { op: 'add', path: '/b/-', value: 2 },
          ],
        },
      ],
      result: { a: 1, b: [2] },
    },
  ],
  compile(call, compiler) {
    const documentGiven = compileArgument(call, 0, compiler);
    const operationsGiven = compileArgument(call, 1, compiler);
    return (run, scope) => {
      const document = documentGiven(run, scope);
      const operations = arrayOf(operationsGiven(run, scope), call, 1);
      run.at = call.place;
      countSteps(run, operations.length, call.place);
      try {
        return applyPatch(document, operations, run);
      } catch (error) {
        if (!(error instanceof PatchError)) throw error;
        throw invalidArgument(call.place, `'patch' fails at operation ${error.index}: ${error.problem}`);
      }
    };
  },
}));
