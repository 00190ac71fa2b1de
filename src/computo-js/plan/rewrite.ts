import { parameterAt, type Call, type Let, type Node } from '../syntax/index.js';
import { fieldCall, type FieldReader } from './fields.js';
import { readingOf } from './reading.js';

/** The script's text does not tell what it reads. Used only internally. */
export class Unplannable extends Error {}

/**
 * Returns the same expression, reading fields in place of the first input.
 *
 * @throws Unplannable if the expression may read anything not known to be a field; if it needs the whole input as a value, so
 *   that reading parts saves nothing; and if lambdas are values, because one that comes from data may read anything
 */
export function rewrite(node: Node, fields: FieldReader): Node {
  const inner = (part: Node): Node => rewrite(part, fields);
  switch (node.type) {
    case 'constant':
    case 'fault':
      return node;
    case 'list':
      return { ...node, elements: node.elements.map(inner) };
    case 'call':
      return rewriteCall(node, fields);
    case 'if':
      return { ...node, condition: inner(node.condition), then: inner(node.then), else: inner(node.else) };
    case 'let':
      return rewriteLet(node, inner);
    case 'lambda':
      throw new Unplannable();
  }
}

function rewriteCall(call: Call, fields: FieldReader): Node {
  const reading = readingOf(call);
  if (reading === 'unknown') throw new Unplannable();
  if (reading?.of === 'context') return call;
  if (reading?.of === 'input') {
    if (reading.field.length === 0) throw new Unplannable();
    return fieldCall(call, reading, fields);
  }
  const parts = call.arguments.map((argument, index) => {
    if (parameterAt(call.signature, index)?.role !== 'lambda') return rewrite(argument, fields);
    if (argument.type !== 'lambda') throw new Unplannable();
    return { ...argument, body: rewrite(argument.body, fields) };
  });
  return { ...call, arguments: parts };
}

function rewriteLet(node: Let, inner: (part: Node) => Node): Node {
  const bindings = node.bindings.map((binding) => ({ ...binding, value: inner(binding.value) }));
  return { ...node, bindings, body: inner(node.body) };
}
