// Reads foreign JSON without trusting its shape.

/** The value at a path of keys; undefined if there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const key of path) here = memberOf(here, key);
  return here;
}

/** The value at a key; undefined if there is none. */
export function memberOf(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string | number, unknown>>)[key];
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
 * Joins the texts of parts like `{"text": …}`; missing parts or texts count as empty.
 *
 * @returns undefined if it is not a list of objects, or a text is not a string
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

/** The status that an error of this type or code has when it is sent alone. */
const STATUS_OF: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  context_length_exceeded: 400,
  content_filter: 400,
  authentication_error: 401,
  invalid_api_key: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  model_not_found: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  slow_down: 429,
  api_error: 500,
  server_error: 500,
  server_is_overloaded: 503,
  timeout_error: 504,
  overloaded_error: 529,
};

/** The HTTP status that a reported error stands for, by its `code`, `status` or `type`. @param unnamed the status if it names none */
export function errorStatus(error: unknown, unnamed: number): number {
  const status = Number(at(error, 'code') ?? at(error, 'status') ?? Number.NaN);
  if (Number.isInteger(status) && status >= 400 && status <= 599) return status;
  for (const name of [textAt(error, 'code'), textAt(error, 'type')]) {
    if (name !== undefined && Object.hasOwn(STATUS_OF, name)) return STATUS_OF[name] ?? unnamed;
  }
  return unnamed;
}

/** Parses JSON; undefined when it is invalid. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
