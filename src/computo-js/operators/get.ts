import { compileArgument, compileAttempt, rawArgument } from '../compile/index.js';
import { ANY } from '../shape/index.js';
import { defineOperator, placeInside, raw, takes, value } from '../syntax/index.js';
import { compileFind, compileLookup, pathThrough, pointerProblem } from './lookup.js';

export const get = defineOperator('get', () => ({
  summary: 'What a JSON Pointer leads to in a value; `""` is the whole value. A path that is not there is an error.',
  signatures: { classic: takes(value('value'), raw('pointer')) },
  shape: ([value = ANY], call, infer) => infer.read(value, rawArgument(call, 1)),
  growth: 'first',
  work: [],
  examples: [
    { script: ['get', ['$input'], '/tags/0'], inputs: [{ tags: ['a', 'b'] }], result: 'a' },
    { script: ['get', { 'a/b': 1 }, '/a~1b'], result: 1 },
  ],
  compile(call, compiler) {
    const root = compileArgument(call, 0, compiler);
    return compileLookup(call, compiler, { root, noun: 'the value' }, rawArgument(call, 1) ?? null, 'may-be-empty');
  },
  read: (call, compiler) =>
    compileFind(call, compileAttempt(0, compiler), rawArgument(call, 1) ?? null, 'may-be-empty'),
  reads: {
    yields: 'value',
    path: (call, pathOf) => pathThrough(call, pathOf(call.arguments[0]), rawArgument(call, 1), 'may-be-empty'),
  },
  check(call, report) {
    const message = pointerProblem(call, rawArgument(call, 1) ?? null, 'may-be-empty');
    if (message !== undefined) report({ code: 'malformed-pointer', place: placeInside(call.place, 2), message });
  },
}));
