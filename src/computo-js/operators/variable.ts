import { rawArgument } from '../compile/index.js';
import { ANY } from '../shape/index.js';
import { defineOperator, inBoth, invalidArgument, placeInside, raw, takes, type Call } from '../syntax/index.js';
import { compileFind, compileLookup, pointerProblem } from './lookup.js';

export const variable = defineOperator('$', () => ({
  summary:
    'The value of a variable: `["$", "/name"]`. In current, further segments are a JSON Pointer into it; in classic they belong to the name.',
  signatures: inBoth(takes(raw('name'))),
  shape(_, call, infer) {
    const reference = rawArgument(call, 0);
    if (typeof reference !== 'string' || !reference.startsWith('/')) return ANY;
    const { name, pointer } = splitReference(reference, call);
    return infer.read(infer.variable(name), pointer);
  },
  growth: 'variable',
  work: [],
  examples: [
    { script: ['let', [['x', 5]], ['$', '/x']], result: 5 },
    { dialect: 'current', script: ['let', { user: { name: 'Ada' } }, ['$', '/user/name']], result: 'Ada' },
  ],
  compile(call, compiler) {
    const reference = rawArgument(call, 0) ?? null;
    const problem = pointerProblem(call, reference, 'required');
    if (problem !== undefined || typeof reference !== 'string') {
      return () => {
        throw invalidArgument(call.place, problem ?? 'no name', 'Write ["$", "/name"].');
      };
    }
    const { name, pointer } = splitReference(reference, call);
    const root = compiler.variable(name);
    if (pointer === '') return root;
    return compileLookup(call, compiler, { root, noun: `the variable ${JSON.stringify(name)}` }, pointer, 'required');
  },
  read(call, compiler) {
    const reference = rawArgument(call, 0) ?? null;
    if (typeof reference !== 'string' || pointerProblem(call, reference, 'required') !== undefined) return undefined;
    const { name, pointer } = splitReference(reference, call);
    const root = compiler.variable(name);
    return pointer === '' ? root : compileFind(call, root, pointer, 'required');
  },
  check(call, report) {
    const message = pointerProblem(call, rawArgument(call, 0) ?? null, 'required');
    if (message === undefined) return;
    report({ code: 'malformed-pointer', place: placeInside(call.place, 1), message, hint: 'Write ["$", "/name"].' });
  },
}));

/** Splits off a variable's name from the pointer after it, which may be empty. The name is literal, without unescaping. */
export function splitReference(
  reference: string,
  { dialect }: Pick<Call, 'dialect'>,
): { name: string; pointer: string } {
  const slash = dialect === 'current' ? reference.indexOf('/', 1) : -1;
  return slash < 0
    ? { name: reference.slice(1), pointer: '' }
    : { name: reference.slice(1, slash), pointer: reference.slice(slash) };
}
