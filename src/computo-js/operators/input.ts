import { rawArgument, type Compiler, type Evaluate } from '../compile/index.js';
import { scalarShape, tupleShape, type Shape } from '../shape/index.js';
import {
  defineOperator,
  placeInside,
  raw,
  takesAtLeast,
  takesUpTo,
  type Call,
  type Inferrer,
  type Report,
} from '../syntax/index.js';
import { compileLookup, FIRST_INPUT, pointerProblem, type Looked } from './lookup.js';

/** Classic ignores whatever is given. */
const SIGNATURES = {
  classic: takesAtLeast(0, { name: 'ignored', role: 'ignored' }),
  current: takesUpTo(1, raw('pointer')),
};

export const input = defineOperator({
  name: '$input',
  summary: 'The first input, or null when there is none. In current, optionally what a JSON Pointer leads to in it.',
  signatures: SIGNATURES,
  shape: (_, call, infer) => rootShape(infer.inputs[0] ?? scalarShape('null'), call, infer),
  growth: 'input',
  work: [],
  examples: [
    { script: ['$input'], inputs: [{ n: 1 }], result: { n: 1 } },
    { dialect: 'current', script: ['$input', '/user/name'], inputs: [{ user: { name: 'Ada' } }], result: 'Ada' },
  ],
  compile: (call, compiler) => compileRoot(call, compiler, FIRST_INPUT, 'the input'),
  check: reportPointer,
});

export const inputs = defineOperator({
  name: '$inputs',
  summary:
    'The array of all inputs. In current, optionally what a JSON Pointer leads to in it. With no input it is [] in current and [null] in classic.',
  signatures: SIGNATURES,
  shape(_, call, infer) {
    const isNone = infer.inputs.length === 0 && call.dialect === 'classic';
    return rootShape(tupleShape(isNone ? [scalarShape('null')] : infer.inputs), call, infer);
  },
  growth: 'input',
  work: [],
  examples: [
    { script: ['$inputs'], inputs: [1, 2], result: [1, 2] },
    { dialect: 'current', script: ['$inputs', '/1/level'], inputs: [{}, { level: 3 }], result: 3 },
  ],
  compile: (call, compiler) =>
    compileRoot(
      call,
      compiler,
      (run) => (run.inputs.length === 0 && call.dialect === 'classic' ? [null] : run.inputs),
      'the inputs',
    ),
  check: reportPointer,
});

function compileRoot(call: Call, compiler: Compiler, root: Evaluate, noun: string): Evaluate {
  if (call.dialect === 'classic' || call.arguments.length === 0) return root;
  const looked: Looked = { root, noun };
  return compileLookup(call, compiler, looked, rawArgument(call, 0) ?? null, 'required');
}

function rootShape(root: Shape, call: Call, infer: Inferrer): Shape {
  return call.dialect === 'classic' || call.arguments.length === 0 ? root : infer.read(root, rawArgument(call, 0));
}

function reportPointer(call: Call, report: Report): void {
  const pointer = rawArgument(call, 0);
  if (call.dialect === 'classic' || pointer === undefined) return;
  const message = pointerProblem(call, pointer, 'required');
  if (message !== undefined) report({ code: 'malformed-pointer', place: placeInside(call.place, 1), message });
}
