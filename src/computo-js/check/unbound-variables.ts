import { boundNames, locate, rawArgument, variableHint } from '../compile/index.js';
import type { Hint } from '../hint.js';
import { splitReference } from '../operators/index.js';
import type { Place } from '../syntax/index.js';
import type { Names } from './names.js';
import type { CheckRule } from './rule.js';

/**
 * Reports variables that are bound nowhere. Certain only if the script alone decides: a lambda that is a value sees its caller's
 * variables, so there the problem is a warning, and only if nothing in the script binds the name.
 */
export const unboundVariables: CheckRule = ({ node, lexical }, report, names) => {
  if (node.type !== 'call' || node.operator.name !== '$') return;
  const reference = rawArgument(node, 0);
  if (typeof reference !== 'string' || !reference.startsWith('/')) return;
  const { name, pointer } = splitReference(reference, node);
  const where = locate(lexical, name);
  const { place } = node;
  const message = `no variable ${JSON.stringify(name)} is bound here`;
  if (where === 'unbound') {
    const hint = siblingHint(name, place, names) ?? minusHint(place, names);
    const known = new Set(boundNames(lexical));
    report({ code: 'undefined-variable', place, message, hint: hint ?? variableHint(name, known, pointer) });
  } else if (where === 'dynamic' && !names.bound.has(name)) {
    report({
      code: 'unknown-variable',
      place,
      message: `nothing in the script binds the variable ${JSON.stringify(name)}`,
      hint: siblingHint(name, place, names) ?? variableHint(name, names.bound, pointer),
      severity: 'warning',
    });
  }
};

/** For a variable that is bound by the same `let` whose binding refers to it. */
function siblingHint(name: string, place: Place, { lets, form }: Names): Hint | undefined {
  for (let at = place; at.outer !== undefined; at = at.outer) {
    const outer = lets.get(at.outer);
    if (at.key !== 1 || outer === undefined || outer.sequential) continue;
    if (outer.bindings.some((binding) => binding.name === name)) {
      const nested = form === 'text' ? `let ${name} = … in let … in …` : `["let", [["${name}", …]], ["let", …]]`;
      return `The bindings of one let do not see each other: put another one inside, ${nested}.`;
    }
  }
  return undefined;
}

/** For a key with a minus in it, which is read as a subtraction if it is not quoted. */
function minusHint(place: Place, { subtractions, form }: Names): Hint | undefined {
  const call = place.outer && subtractions.get(place.outer);
  if (call === undefined || form === 'json') return undefined;
  const parts = call.arguments.map((argument, index) => {
    const isReference = argument.type === 'call' && argument.operator.name === (index === 0 ? '$input' : '$');
    const pointer = isReference ? rawArgument(argument, 0) : undefined;
    return typeof pointer === 'string' ? pointer.slice(1) : undefined;
  });
  if (parts.some((part) => part === undefined)) return undefined;
  const segments = parts.join('-').split('/');
  const written = segments.map((segment) => (/^\w+$/.test(segment) ? segment : JSON.stringify(segment))).join('/');
  return `A key with a minus in it stands in quotes: /${written}.`;
}
