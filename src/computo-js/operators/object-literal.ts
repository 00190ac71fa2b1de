import type { Evaluate } from '../compile/index.js';
import type { Call } from '../syntax/index.js';
import { isIndexKey, orderedObject, type Json } from '../value/index.js';
import { generateBuilder } from './object-builder.js';

/** A member to build, with a literal or a computed key. */
export interface LiteralMember {
  readonly key: string | Evaluate;
  readonly value: Evaluate;
}

/** Checks that the value of a key expression is a string. */
type KeyOf = (key: Json, index: number) => string;

/** Compiles the building of an object. */
export function compileObject(members: readonly LiteralMember[], keyOf: KeyOf, call: Call): Evaluate {
  const keys = new Set<string>();
  for (const { key } of members) {
    if (typeof key !== 'string' || key === '__proto__' || isIndexKey(key)) return anyKeys(members, keyOf, call);
    keys.add(key);
  }
  const values = members.map(({ value }) => value);
  const generated = keys.size === members.length ? generateBuilder([...keys], values) : undefined;
  return generated ?? plainKeys(members);
}

/** For literal keys that JavaScript neither moves nor treats specially. */
function plainKeys(members: readonly LiteralMember[]): Evaluate {
  return (run, scope) => {
    const object: Record<string, Json> = {};
    for (let index = 0; index < members.length; index++) {
      const member = members[index];
      if (member !== undefined && typeof member.key === 'string') object[member.key] = member.value(run, scope);
    }
    return object;
  };
}

function anyKeys(members: readonly LiteralMember[], keyOf: KeyOf, { dialect, place }: Call): Evaluate {
  // The classic dialect checks a key before it evaluates the value, the current dialect afterwards.
  const checksKeyFirst = dialect === 'classic';
  return (run, scope) => {
    const entries: [string, Json][] = [];
    for (let index = 0; index < members.length; index++) {
      const member = members[index];
      if (member === undefined) continue;
      const { key, value } = member;
      const given = typeof key === 'string' ? key : key(run, scope);
      if (checksKeyFirst) keyOf(given, 2 * index);
      const evaluated = value(run, scope);
      entries.push([keyOf(given, 2 * index), evaluated]);
    }
    run.at = place;
    return orderedObject(entries, run);
  };
}
