import { LAMBDA_HINT } from '../compile/index.js';
import { hintIn, type Hint } from '../hint.js';
import { parameterAt, placeInside, textHint, usageHint, type Call, type Node, type Report } from '../syntax/index.js';
import { isArray, isTruthy, type Json, type JsonKind } from '../value/index.js';
import { isNeverArray, kindYielded, withArticle, yieldText } from './kinds.js';
import { lambdaBodies } from './lambda-bodies.js';
import { quotedCalls } from './quoted-call.js';
import { quotedFields } from './quoted-field.js';
import type { CheckRule } from './rule.js';
import { unboundVariables } from './unbound-variables.js';

/** Expressions that are certain to fail: unknown operators, wrong numbers of arguments, and the like. */
const faults: CheckRule = ({ node }, report, names) => {
  if (node.type !== 'fault') return;
  const { code, place, problem: message, operator } = node;
  const hint = operator !== undefined && names.bound.has(operator) ? calledVariable(operator) : node.hint;
  report({ code, place, message, hint });
};

/** Returns what to write instead of calling a variable. */
function calledVariable(name: string): Hint {
  const call: Hint = (form) =>
    form === 'text' ? `car(map([x], ${name}))` : `["car", ["map", [x], ["$", ${JSON.stringify(`/${name}`)}]]]`;
  return (form) =>
    `${name} is a variable, and only operators call lambdas: of one value x it gives ${hintIn(call, form)}.`;
}

/** What an operator itself checks about its arguments. */
const operatorsOwn: CheckRule = ({ node }, report, _, known) => {
  if (node.type === 'call') node.operator.check?.(node, report, known);
};

/** Arguments of a kind that the operator never accepts. */
const wrongKinds: CheckRule = ({ node }, report) => {
  if (node.type !== 'call') return;
  for (const [index, argument] of node.arguments.entries()) {
    const wanted = parameterAt(node.signature, index)?.kind;
    if (wanted === undefined) continue;
    const yielded = kindYielded(argument);
    const isWrong =
      wanted === 'array' ? isNeverArray(argument, node.dialect) : yielded !== undefined && yielded !== wanted;
    if (!isWrong) continue;
    const certain = node.operator.certainArguments?.[node.dialect] ?? Infinity;
    report({
      code: 'wrong-kind',
      place: argument.place,
      message: `'${node.operator.name}' needs ${withArticle(wanted)} as argument ${index + 1}, got ${yieldText(argument)}`,
      severity: index < certain ? 'error' : 'warning',
      hint: wanted === 'number' && yielded === 'string' ? textHint(node) : listHint(wanted, argument),
    });
  }
};

/** Returns what to write instead of a text where a list is needed. */
function listHint(wanted: JsonKind, argument: Node): Hint | undefined {
  if (wanted !== 'array' || argument.type !== 'constant' || typeof argument.value !== 'string') return undefined;
  const list = JSON.stringify([argument.value]);
  return (form) => `A list of one is ${form === 'text' ? list : `{"array": ${list}}`}.`;
}

/** Lambdas that can't be called, or not with the number of arguments that they will get. */
const lambdas: CheckRule = ({ node }, report) => {
  if (node.type !== 'call') return;
  for (const [index, argument] of node.arguments.entries()) {
    const parameter = parameterAt(node.signature, index);
    if (parameter?.role === 'lambda') checkLambda(node, argument, parameter.arguments ?? 1, report);
    else if (argument.type === 'lambda' && takesLambda(node)) {
      report({
        code: 'wrong-kind',
        place: argument.place,
        message: `'${node.operator.name}' takes its lambda in another place`,
        hint: usageHint(node.operator, node.dialect),
      });
    }
  }
};

/** Whether an operator has a parameter that is a lambda which it calls. */
function takesLambda({ signature }: Call): boolean {
  return signature.parameters.some(({ role }) => role === 'lambda');
}

function checkLambda(call: Call, argument: Node, wanted: number, report: Report): void {
  if (argument.type === 'fault') return;
  const { name } = call.operator;
  const { place } = argument;
  const count = parameterCount(argument);
  if (count === 'no lambda') {
    report({
      code: 'no-lambda',
      place,
      message: `'${name}' needs a lambda, got ${yieldText(argument)}`,
      hint: LAMBDA_HINT,
    });
  } else if (wanted === 1 && isField(argument) && !call.arguments.some(({ type }) => type === 'lambda')) {
    report({
      code: 'no-lambda',
      place,
      message: `'${name}' needs a lambda, and this reads a field of the event`,
      severity: 'warning',
      hint: ofEach(argument),
    });
  } else if (count !== undefined && count !== wanted) {
    const plural = wanted === 1 ? '' : 's';
    report({
      code: 'lambda-arity',
      place,
      message: `'${name}' calls its lambda with ${wanted} argument${plural}, but this one has ${count} parameter${count === 1 ? '' : 's'}`,
    });
  }
}

/** Whether a node reads a field of the event by a literal pointer. */
function isField(node: Node): node is Call {
  return node.type === 'call' && node.operator.name === '$input' && node.arguments[0]?.type === 'constant';
}

/** Suggests a lambda that reads the same field of each element. */
function ofEach({ arguments: [pointer] }: Call): Hint {
  const found = pointer?.type === 'constant' ? pointer.value : '';
  const path = typeof found === 'string' && /^(?:[/]\w+)+$/.test(found) ? found : '/name';
  return (form) =>
    `The field of each element is ${
      form === 'text' ? `x => x${path}` : `["lambda", ["x"], ["$", ${JSON.stringify(`/x${path}`)}]]`
    }.`;
}

/** The number of parameters of a lambda argument, if its form determines it. */
function parameterCount(argument: Node): number | 'no lambda' | undefined {
  if (argument.type === 'lambda') return argument.parameters.length;
  if (argument.type === 'constant') return parametersIn(argument.value)?.length ?? 'no lambda';
  const kind = kindYielded(argument);
  return kind === undefined || kind === 'array' ? undefined : 'no lambda';
}

/** The parameters of a lambda that is data, in the form of the current dialect. */
function parametersIn(value: Json): readonly Json[] | undefined {
  const [parameters, body, ...more] = isArray(value) ? value : [];
  if (parameters === undefined || body === undefined || more.length > 0 || !isArray(parameters)) return undefined;
  return parameters.every((name) => typeof name === 'string') ? parameters : undefined;
}

/** Bindings that nothing refers to, and those that a later binding of the same `let` hides. */
const bindings: CheckRule = ({ node }, report, names) => {
  if (node.type !== 'let') return;
  for (const [index, { name, value, place }] of node.bindings.entries()) {
    if (value.type === 'fault') continue;
    const quoted = JSON.stringify(name);
    if (!names.referenced.has(name)) {
      report({ code: 'unused-binding', place, message: `the variable ${quoted} is never used`, severity: 'warning' });
    } else if (!node.sequential && node.bindings.slice(index + 1).some((later) => later.name === name)) {
      const message = `the variable ${quoted} is bound again by the same 'let'`;
      report({ code: 'duplicate-binding', place, message, severity: 'warning' });
    }
  }
};

/** Branches that a constant condition rules out. */
const branches: CheckRule = ({ node }, report) => {
  if (node.type !== 'if' || node.condition.type !== 'constant') return;
  const isTaken = isTruthy(node.condition.value);
  const [name, branch] = isTaken ? (['else', 3] as const) : (['then', 2] as const);
  report({
    code: 'unreachable-branch',
    place: placeInside(node.place, branch),
    message: `the condition is always ${isTaken ? 'truthy' : 'falsy'}, so the '${name}' branch is never taken`,
    severity: 'warning',
  });
};

/** Keys that an `obj` contains twice. */
const duplicateKeys: CheckRule = ({ node }, report) => {
  if (node.type !== 'call' || node.operator.name !== 'obj') return;
  const seen = new Set<Json>();
  for (let index = 0; index < node.arguments.length; index += 2) {
    const key = node.arguments[index];
    if (key?.type !== 'constant' || typeof key.value !== 'string') continue;
    if (seen.has(key.value)) {
      const message = `the key ${JSON.stringify(key.value)} is given twice; the last value counts`;
      report({ code: 'duplicate-key', place: key.place, message, severity: 'warning' });
    }
    seen.add(key.value);
  }
};

/** Operators that the reference engine lacks, for scripts that must run there too. */
export const notPortable: CheckRule = ({ node }, report) => {
  if (node.type !== 'call' || node.operator.portable) return;
  report({
    code: 'not-portable',
    place: node.place,
    message: `the reference engine has no operator '${node.operator.name}'`,
    hint: "Use operators without a dot in their names, or turn off the option 'portable'.",
  });
};

/** The rules for every script. */
export const RULES: readonly CheckRule[] = [
  faults,
  operatorsOwn,
  wrongKinds,
  lambdas,
  unboundVariables,
  bindings,
  branches,
  duplicateKeys,
  lambdaBodies,
  quotedCalls,
  quotedFields,
];
