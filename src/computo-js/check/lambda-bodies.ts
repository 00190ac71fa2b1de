import { rawArgument, type Bound, type Visit } from '../compile/index.js';
import type { Hint } from '../hint.js';
import { shorten, stringify } from '../value/index.js';
import type { CheckRule } from './rule.js';

/** Reports lambdas that ignore their arguments. */
export const lambdaBodies: CheckRule = ({ node, parts }, report, { used, dynamic, hasUnbound }) => {
  if (node.type !== 'lambda') return;
  const { body, place, parameters } = node;
  // Such a name says that the parameter is ignored on purpose.
  const names = parameters.filter((name) => !name.startsWith('_'));
  const [name] = names;
  if (name === undefined || names.length < parameters.length) return;
  if (body.type === 'constant' && typeof body.value === 'string') {
    report({
      code: 'text-body',
      severity: 'warning',
      place: body.place,
      message: `the lambda gives the text ${stringify(shorten(body.value))}, whatever it is given`,
      hint: cureOf(body.value, name),
    });
    return;
  }
  // A constant is intentional, and an unbound name may have been meant as the parameter's.
  if (body.type === 'constant' || hasUnbound) return;
  // The operator decides how many parameters there are, so using one of them is enough.
  if (names.some((name) => dynamic.has(name))) return;
  if (boundBy(parts[0], names.length).some((bound) => used.has(bound))) return;
  report({
    code: 'unused-parameter',
    severity: 'warning',
    place,
    message:
      names.length === 1 ? `the parameter ${stringify(name)} is never used` : 'none of the parameters is ever used',
    hint: unusedHint(name, fieldIn(parts)),
  });
};

/** A field of the event that the body reads, perhaps by mistake for one of the parameter. */
function fieldIn(parts: readonly Visit[]): string | undefined {
  const pending = [...parts];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node } = next;
    const pointer = node.type === 'call' && node.operator.name === '$input' ? rawArgument(node, 0) : undefined;
    if (typeof pointer === 'string') return pointer;
    for (const part of next.parts) pending.push(part);
  }
  return undefined;
}

function unusedHint(name: string, field: string | undefined): Hint {
  return (form) => {
    if (field === undefined) return meant(name);
    return `A field of it is ${form === 'text' ? `${name}${field}` : `["$", "/${name}${field}"]`}. ${meant(name)}`;
  };
}

/** The innermost bindings in scope at a body. */
function boundBy(body: Visit | undefined, count: number): Bound[] {
  const bound: Bound[] = [];
  for (let at = body?.lexical; typeof at === 'object' && bound.length < count; at = at.next) bound.push(at);
  return bound;
}

function cureOf(text: string, name: string): Hint {
  const [start, path = ''] = text.split(/(?=[./])/, 2);
  const rest = text.slice(name.length).replaceAll('.', '/');
  if (path === '' || start !== name) return meant(name);
  return (form) => (form === 'text' ? `Write ${name}${rest}, without quotes.` : `Write ["$", "/${name}${rest}"].`);
}

function meant(name: string): string {
  return `If it is not to be used, call it _${name}.`;
}
