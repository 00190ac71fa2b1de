import type { Hint } from '../hint.js';
import { nearestName } from '../value/index.js';

/** Names for the event in other languages and tools. */
const EVENT = new Set([
  'event',
  'input',
  'data',
  'doc',
  'document',
  'record',
  'row',
  'item',
  'payload',
  'msg',
  'message',
  'this',
  'self',
  'it',
  'root',
  '_',
]);

/** Names for constants in other languages. */
const VALUES: Readonly<Record<string, string>> = {
  ...{ True: 'true', TRUE: 'true', False: 'false', FALSE: 'false' },
  ...{ None: 'null', nil: 'null', NULL: 'null', Null: 'null', undefined: 'null' },
};

/**
 * Suggests what to do about a variable that is not bound.
 *
 * @param known the variables that are bound, innermost first
 * @param path the pointer that is read in the variable: `/a/b`, or empty
 */
export function variableHint(name: string, known: ReadonlySet<string>, path = ''): Hint {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `Did you mean ${JSON.stringify(nearest)}?`;
  const value = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
  if (value !== undefined) return `Write ${value}.`;
  const bound = `Bound here: ${[...known].map((other) => JSON.stringify(other)).join(', ')}.`;
  const [innermost] = known;
  const field = `/${name}${path}`;
  const whole = EVENT.has(name) ? `the event itself is $input${path === '' ? '' : `, and ${path} a field of it`}` : '';
  return (form) => {
    if (form === 'json') {
      const read = `a field of the event is ["$input", ${JSON.stringify(field)}]`;
      return innermost === undefined ? `Bind it with \`let\`, or as the parameter of a lambda; ${read}.` : bound;
    }
    const fields =
      innermost === undefined
        ? `A field of the event is ${field}`
        : `${bound} A field of ${innermost} is ${innermost}${field}, one of the event ${field}`;
    return `${fields}${whole === '' ? '' : `; ${whole}`}.`;
  };
}
