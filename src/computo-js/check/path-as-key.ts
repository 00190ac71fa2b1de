import type { Hint } from '../hint.js';
import { formatPointer, parsePointer } from '../pointer/index.js';
import { placeInside, type Call, type Node, type Place } from '../syntax/index.js';
import { isArray, stringify, type Json } from '../value/index.js';
import type { CheckRule } from './rule.js';

/** Keys that are written like a path, where the operator takes each as a whole: `omit($input, ["/email"])` omits nothing. */
export const pathsAsKeys: CheckRule = ({ node }, report) => {
  if (node.type !== 'call') return;
  const { name } = node.operator;
  const keys = keysOf(node);
  // A key with a dot in it is no mistake where it stands alone: events are full of them.
  const looksLikePath = name === 'omit' || name === 'pick' ? /^\/[^/]|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/ : /^\/[^/]/;
  for (const { key, place } of keys) {
    if (typeof key !== 'string' || !looksLikePath.test(key)) continue;
    report({
      code: 'path-as-key',
      severity: 'warning',
      place,
      message: `'${name}' takes keys, and ${stringify(key)} looks like a path: it is the whole name of one member here`,
      hint: cureOf(name, key.startsWith('/') ? parsePointer(key) : key.split('.')),
    });
    return;
  }
};

interface GivenKey {
  readonly key: Json;
  readonly place: Place;
}

function keysOf({ operator: { name }, arguments: [, ...rest] }: Call): readonly GivenKey[] {
  if (name === 'omit' || name === 'pick') return rest.flatMap(listed);
  return name === 'value.has' || name === 'value.at' ? rest.flatMap(constant) : [];
}

function listed(node: Node): readonly GivenKey[] {
  if (node.type === 'list') return node.elements.flatMap(constant);
  if (node.type !== 'constant' || !isArray(node.value)) return [];
  return node.value.map((key, index) => ({
    key,
    place: placeInside(node.place, index),
  }));
}

function constant(node: Node): readonly GivenKey[] {
  return node.type === 'constant' ? [{ key: node.value, place: node.place }] : [];
}

function cureOf(name: string, path: readonly string[]): Hint {
  const pointer = formatPointer(path);
  const keys = path.map((key) => stringify(key)).join(', ');
  const last = stringify(path.at(-1) ?? '');
  if (name === 'omit') {
    const key = path.length === 1 ? `The key is ${keys}; ` : 'It takes keys of the object itself; ';
    return (form) =>
      `${key}value.remove takes a path: ${form === 'text' ? `value.remove(…, ${stringify(pointer)})` : `["value.remove", …, ${stringify(pointer)}]`}.`;
  }
  if (name === 'pick') {
    if (path.length === 1) return `The key is ${keys}.`;
    return (form) =>
      `A part of a part: ${form === 'text' ? `{${pointer}}` : `["obj", ${last}, ["$input", ${stringify(pointer)}]]`}.`;
  }
  return (form) => `Write ${form === 'text' ? `${name}(…, ${keys})` : `["${name}", …, ${keys}]`}.`;
}
