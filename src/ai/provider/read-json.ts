/** Reads foreign JSON without trusting its shape. */

/** What stands at a path of keys; undefined where there is nothing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = Reflect.get(here, key);
  }
  return here;
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/**
 * The texts of parts like `{"text": …}`, joined; missing parts or texts count as empty.
 *
 * @returns undefined when it is not a list of objects, or a text is not a string
 */
export function partsText(parts: unknown): string | undefined {
  if (parts === undefined || parts === null) return '';
  if (!Array.isArray(parts)) return undefined;
  const texts = parts.map((part: unknown) => (isObject(part) ? (at(part, 'text') ?? '') : undefined));
  return texts.every((text) => typeof text === 'string') ? texts.join('') : undefined;
}

export function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Far beyond any context window: a larger count is an error. */
const TOKENS_MAX = 1_000_000_000;

/** A count of tokens: missing or null is 0; anything but an integer of at least 0 is undefined. */
export function countAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path) ?? 0;
  return typeof found === 'number' && Number.isInteger(found) && found >= 0 && found <= TOKENS_MAX ? found : undefined;
}

/** The HTTP status that a reported error stands for, by its `code` or `status`. @param unnamed where it has none */
export function errorStatus(error: unknown, unnamed: number): number {
  const code = Number(at(error, 'code') ?? at(error, 'status') ?? Number.NaN);
  return Number.isInteger(code) && code >= 400 && code <= 599 ? code : unnamed;
}

/** Parses JSON; undefined when it is invalid. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
