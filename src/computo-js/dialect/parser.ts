import { findOperator } from '../operators/index.js';
import {
  arityText,
  parameterAt,
  placeInside,
  ROOT,
  usageHint,
  type Call,
  type Dialect,
  type Fault,
  type Node,
  type Parser,
  type Place,
  type RawCall,
} from '../syntax/index.js';
import type { Hint } from '../hint.js';
import { isArray, isObject, type Json } from '../value/index.js';
import { classic } from './classic.js';
import { current } from './current.js';
import type { FrontEnd } from './front-end.js';
import { unknownOperator } from './unknown-operator.js';

/** The state of a parser: how to parse an expression, and the expressions still to be parsed. */
interface Work {
  readonly frontEnd: FrontEnd;
  readonly parser: Parser;
  readonly pending: Pending[];
}

/** An expression, and the node to fill in once it is parsed. */
interface Pending {
  readonly script: Json;
  readonly node: Node;
}

/**
 * Parses a script, or an expression found at `place`. Never fails: an error becomes a fault, which is raised when a run reaches
 * it.
 *
 * Takes no stack, whatever the nesting: each expression inside another gets an empty node at once, which is filled in later.
 */
export function parseScript(script: Json, dialect: Dialect, place: Place = ROOT): Node {
  const pending: Pending[] = [];
  const expression = (inner: Json, at: Place): Node => {
    const node: Node = { type: 'constant', value: inner, place: at };
    if (typeof inner === 'object' && inner !== null) pending.push({ script: inner, node });
    return node;
  };
  const parser: Parser = {
    dialect,
    expression,
    call: (raw, args) => callNode(raw, args, dialect),
    fault: (raw, code, problem, hint) => ({
      ...invalid(raw.place, code, problem, hint),
      inside: insideFault(raw, parser),
    }),
  };
  const work: Work = { frontEnd: dialect === 'classic' ? classic : current, parser, pending };
  const root = expression(script, place);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    Object.assign(next.node, parseOne(next.script, next.node.place, work));
  }
  return root;
}

function parseOne(script: Json, place: Place, work: Work): Node {
  const { frontEnd, parser } = work;
  if (isArray(script)) {
    const [head] = script;
    return typeof head === 'string'
      ? parseCall(head, script, place, work)
      : frontEnd.literalArray(script, place, parser);
  }
  if (isObject(script) && Object.keys(script).length === 1 && Object.hasOwn(script, 'array')) {
    const list = script['array'];
    if (list === undefined || !isArray(list)) {
      return invalid(place, 'array-object', '{"array": …} needs an array in it');
    }
    return frontEnd.arrayObject(list, placeInside(place, 'array'), parser);
  }
  return { type: 'constant', value: script, place };
}

function parseCall(name: string, script: readonly Json[], place: Place, work: Work): Node {
  const { frontEnd, parser } = work;
  const found = findOperator(name, parser.dialect);
  const args = script.slice(1);
  if (found === undefined) {
    // Whatever the operator is, arguments that look like calls were meant as calls.
    const inside = args.flatMap((argument, index) =>
      isArray(argument) && typeof argument[0] === 'string'
        ? parser.expression(argument, placeInside(place, index + 1))
        : [],
    );
    return { ...unknownOperator(name, args, place, parser.dialect), inside };
  }
  const { operator, signature } = found;
  const raw: RawCall = { operator, signature, arguments: args, place };
  if (args.length < signature.min || (signature.max !== null && args.length > signature.max)) {
    const problem = `'${name}' takes ${arityText(signature)}, got ${args.length}`;
    return parser.fault(raw, 'wrong-arity', problem, usageHint(operator, parser.dialect));
  }
  if (name === 'let') return parseLet(raw, work);
  if (raw.operator.parse !== undefined) return raw.operator.parse(raw, parser);
  return callNode(
    raw,
    args.map((argument, index) => parseArgument(raw, argument, index, frontEnd, parser)),
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

function parseLet(raw: RawCall, { frontEnd, parser }: Work): Node {
  const [bindings = null, body = null] = raw.arguments;
  const { place } = raw;
  return {
    type: 'let',
    bindings: frontEnd.bindings(bindings, placeInside(place, 1), raw, parser),
    sequential: frontEnd.bindsOneAfterTheOther,
    body: parser.expression(body, placeInside(place, 2)),
    place,
  };
}

function callNode({ operator, signature, place }: RawCall, args: readonly Node[], dialect: Dialect): Call {
  return { type: 'call', operator, signature, dialect, arguments: args, place };
}

function invalid(place: Place, code: string, problem: string, hint?: Hint): Fault {
  return { type: 'fault', kind: 'InvalidArgument', code, problem, hint, inside: [], place };
}

/** Parses the arguments of a failing call that look like expressions, so that `check` sees them too. */
function insideFault(call: Pick<RawCall, 'arguments' | 'place'> & Partial<RawCall>, parser: Parser): Node[] {
  const { arguments: args, place, signature } = call;
  return args.flatMap((argument, index) =>
    (signature && parameterAt(signature, index)?.role === 'value') || isKnownCall(argument, parser)
      ? parser.expression(argument, placeInside(place, index + 1))
      : [],
  );
}

function isKnownCall(argument: Json, { dialect }: Parser): boolean {
  const head = isArray(argument) ? argument[0] : undefined;
  return typeof head === 'string' && findOperator(head, dialect) !== undefined;
}
