import { rawArgument, type Attempt, type Compiler, type Evaluate } from '../compile/index.js';
import { scalarShape, tupleShape, type Shape } from '../shape/index.js';
import {
  defineOperator,
  placeInside,
  raw,
  takesAtLeast,
  takesUpTo,
  type Call,
  type Inferrer,
  type InputPath,
  type Report,
} from '../syntax/index.js';
import { compileFind, compileLookup, FIRST_INPUT, pathThrough, pointerProblem, type Looked } from './lookup.js';

/** The classic dialect ignores all arguments. */
const SIGNATURES = {
  classic: takesAtLeast(0, { name: 'ignored', role: 'ignored' }),
  current: takesUpTo(1, raw('pointer')),
};

export const input = defineOperator('$input', () => ({
  summary: 'The first input, or null when there is none. In current, optionally what a JSON Pointer leads to in it.',
  signatures: SIGNATURES,
  shape: (_, call, infer) => rootShape(infer.inputs[0] ?? scalarShape('null'), call, infer),
  growth: 'input',
  work: [],
  examples: [
    { script: ['$input'], inputs: [{ n: 1 }], result: { n: 1 } },
    { dialect: 'current', script: ['$input', '/user/name'], inputs: [{ user: { name: 'Ada' } }], result: 'Ada' },
  ],
  compile: (call, compiler) => compileRoot(call, compiler, { root: FIRST_INPUT, noun: 'the input' }),
  read: (call) => findIn(call, FIRST_INPUT),
  reads: { yields: 'value', path: (call) => pathFrom(call, ['0']) },
  check: reportPointer,
}));

export const inputs = defineOperator('$inputs', () => ({
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
  compile: (call, compiler) => compileRoot(call, compiler, { root: allInputs(call), noun: 'the inputs' }),
  read: (call) => findIn(call, allInputs(call)),
  reads: { yields: 'value', path: (call) => pathFrom(call, []) },
  check: reportPointer,
}));

function allInputs({ dialect }: Call): Evaluate {
  return (run) => (run.inputs.length === 0 && dialect === 'classic' ? [null] : run.inputs);
}

function isWhole(call: Call): boolean {
  return call.dialect === 'classic' || call.arguments.length === 0;
}

function compileRoot(call: Call, compiler: Compiler, looked: Looked): Evaluate {
  if (isWhole(call)) return looked.root;
  return compileLookup(call, compiler, looked, rawArgument(call, 0) ?? null, 'required');
}

function findIn(call: Call, root: Evaluate): Attempt | undefined {
  return isWhole(call) ? root : compileFind(call, root, rawArgument(call, 0) ?? null, 'required');
}

function pathFrom(call: Call, root: readonly string[]): InputPath {
  return isWhole(call) ? root : pathThrough(call, root, rawArgument(call, 0), 'required');
}

function rootShape(root: Shape, call: Call, infer: Inferrer): Shape {
  return isWhole(call) ? root : infer.read(root, rawArgument(call, 0));
}

function reportPointer(call: Call, report: Report): void {
  const pointer = rawArgument(call, 0);
  if (call.dialect === 'classic' || pointer === undefined) return;
  const message = pointerProblem(call, pointer, 'required');
  if (message !== undefined) report({ code: 'malformed-pointer', place: placeInside(call.place, 1), message });
}
