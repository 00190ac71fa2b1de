import type { Json } from 'computo-js';

/** A literally written member of the request that a script makes. */
export interface RequestMember {
  readonly key: string;
  readonly value: Json;
  /** Relative to the script. */
  readonly path: readonly string[];
}

/** Returns the members of an object, or of a call of `obj`. */
export function requestMembers(script: Json): readonly RequestMember[] {
  if (typeof script !== 'object' || script === null) return [];
  if (!Array.isArray(script)) {
    return Object.entries(script).map(([key, value]) => ({ key, value: value as Json, path: [key] }));
  }
  const [head, ...args] = script as readonly Json[];
  if (head !== 'obj') return [];
  // The classic dialect has pairs; the current one alternates keys and values.
  if (args.length > 0 && args.every((arg) => Array.isArray(arg) && arg.length === 2 && typeof arg[0] === 'string')) {
    return (args as unknown as readonly (readonly [string, Json])[]).map(([key, value], i) => ({
      key,
      value,
      path: [String(i + 1), '1'],
    }));
  }
  return args.flatMap((key, i) =>
    i % 2 === 0 && typeof key === 'string' && args[i + 1] !== undefined
      ? [{ key, value: args[i + 1] ?? null, path: [String(i + 2)] }]
      : [],
  );
}
