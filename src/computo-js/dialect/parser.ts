import { findOperator } from '../operators/index.js';
import {
  arityText,
  parameterAt,
  placeInside,
  ROOT,
  type Call,
  type Dialect,
  type Fault,
  type If,
  type Let,
  type Node,
  type Parser,
  type Place,
  type RawCall,
} from '../syntax/index.js';
import { isArray, isObject, type Json } from '../value/index.js';
import { classic } from './classic.js';
import { current } from './current.js';
import type { FrontEnd } from './front-end.js';
import { unknownOperator } from './unknown-operator.js';

/** An expression whose turn comes later, and where its node goes. */
interface Pending {
  readonly script: Json;
  readonly place: Place;
  readonly put: (node: Node) => void;
}

/** Parses a script, or an expression found at `place`. Never fails: what is wrong becomes a fault, raised when reached. */
export function parseScript(script: Json, dialect: Dialect, place: Place = ROOT): Node {
  const frontEnd = dialect === 'classic' ? classic : current;
  const parser: Parser = {
    dialect,
    expression: (inner, at) => parseExpression(inner, at, frontEnd, parser),
    call: (raw, args) => callNode(raw, args, dialect),
    fault: (raw, code, problem, hint) => invalid(raw.place, code, problem, hint),
  };
  return parser.expression(script, place);
}

/**
 * Parses an expression and, one after the other, those in its tail positions: a script may nest 100,000 `if` and `let`
 * there.
 */
function parseExpression(script: Json, place: Place, frontEnd: FrontEnd, parser: Parser): Node {
  const pending: Pending[] = [];
  const root = parseOne(script, place, frontEnd, parser, pending);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    next.put(parseOne(next.script, next.place, frontEnd, parser, pending));
  }
  return root;
}

function parseOne(script: Json, place: Place, frontEnd: FrontEnd, parser: Parser, pending: Pending[]): Node {
  if (isArray(script)) {
    const [head] = script;
    return typeof head === 'string'
      ? parseCall(head, script, place, frontEnd, parser, pending)
      : frontEnd.literalArray(script, place, parser);
  }
  if (isObject(script) && Object.keys(script).length === 1 && Object.hasOwn(script, 'array')) {
    const list = script['array'];
    if (list === undefined || !isArray(list)) {
      return invalid(place, 'array-object', `{"array": …} needs an array in it`);
    }
    return frontEnd.arrayObject(list, placeInside(place, 'array'), parser);
  }
  return { type: 'constant', value: script, place };
}

function parseCall(
  name: string,
  script: readonly Json[],
  place: Place,
  frontEnd: FrontEnd,
  parser: Parser,
  pending: Pending[],
): Node {
  const found = findOperator(name, parser.dialect);
  if (found === undefined)
    return withInside(unknownOperator(name, place, parser.dialect), script, pending, isKnownCall(parser));
  const raw: RawCall = { ...found, arguments: script.slice(1), place };
  const count = raw.arguments.length;
  const { signature } = raw;
  if (count < signature.min || (signature.max !== null && count > signature.max)) {
    const problem = `'${name}' takes ${arityText(signature)}, got ${count}`;
    const isExpression = (argument: Json, index: number): boolean =>
      parameterAt(signature, index)?.role === 'value' || isKnownCall(parser)(argument);
    return withInside(invalid(place, 'wrong-arity', problem), script, pending, isExpression);
  }
  if (name === 'if') return parseIf(raw, parser, pending);
  if (name === 'let') return parseLet(raw, frontEnd, parser, pending);
  if (raw.operator.parse !== undefined) return raw.operator.parse(raw, parser);
  return callNode(
    raw,
    raw.arguments.map((argument, index) => parseArgument(raw, argument, index, frontEnd, parser)),
    parser.dialect,
  );
}

function parseArgument(raw: RawCall, argument: Json, index: number, frontEnd: FrontEnd, parser: Parser): Node {
  const place = placeInside(raw.place, index + 1);
  switch (parameterAt(raw.signature, index)?.role) {
    case 'raw':
    case 'ignored':
      return { type: 'constant', value: argument, place };
    case 'lambda':
      return frontEnd.lambdaArgument(argument, place, raw, parser);
    default:
      return parser.expression(argument, place);
  }
}

function parseIf(raw: RawCall, parser: Parser, pending: Pending[]): Node {
  const [condition = null, then = null, otherwise = null] = raw.arguments;
  const { place } = raw;
  const filledLater: Node = { type: 'constant', value: null, place };
  const node: If = {
    type: 'if',
    condition: parser.expression(condition, placeInside(place, 1)),
    then: filledLater,
    else: filledLater,
    place,
  };
  pending.push({ script: otherwise, place: placeInside(place, 3), put: (branch) => (node.else = branch) });
  pending.push({ script: then, place: placeInside(place, 2), put: (branch) => (node.then = branch) });
  return node;
}

function parseLet(raw: RawCall, frontEnd: FrontEnd, parser: Parser, pending: Pending[]): Node {
  const [bindings = null, body = null] = raw.arguments;
  const { place } = raw;
  const parsed = frontEnd.bindings(bindings, placeInside(place, 1), raw, parser);
  const node: Let = {
    type: 'let',
    bindings: parsed,
    sequential: frontEnd.bindsOneAfterTheOther,
    body: { type: 'constant', value: null, place },
    place,
  };
  pending.push({ script: body, place: placeInside(place, 2), put: (parsedBody) => (node.body = parsedBody) });
  return node;
}

function callNode({ operator, signature, place }: RawCall, args: readonly Node[], dialect: Dialect): Call {
  return { type: 'call', operator, signature, dialect, arguments: args, place };
}

function invalid(place: Place, code: string, problem: string, hint?: string): Fault {
  return { type: 'fault', kind: 'InvalidArgument', code, problem, hint, inside: [], place };
}

/** Adds those arguments of a failing call that look like expressions, so that `check` sees them too. */
function withInside(
  fault: Fault,
  script: readonly Json[],
  pending: Pending[],
  isExpression: (argument: Json, index: number) => boolean,
): Fault {
  const inside: Node[] = [];
  for (const [index, argument] of script.slice(1).entries()) {
    if (!isExpression(argument, index)) continue;
    pending.push({ script: argument, place: placeInside(fault.place, index + 1), put: (node) => inside.push(node) });
  }
  return { ...fault, inside };
}

function isKnownCall({ dialect }: Parser): (argument: Json) => boolean {
  return (argument) => {
    const head = isArray(argument) ? argument[0] : undefined;
    return typeof head === 'string' && findOperator(head, dialect) !== undefined;
  };
}
