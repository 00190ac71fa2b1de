import { isObject, parsed } from './read-json.js';

/** A body with what a request has under `extra`: maps are merged, anything else replaces what is there. */
export function withExtra(body: string, extra: Readonly<Record<string, unknown>> | undefined): string {
  const own = extra === undefined ? undefined : parsed(body);
  return own === undefined ? body : JSON.stringify(merged(own, extra));
}

function merged(value: unknown, more: unknown): unknown {
  if (!isObject(value) || !isObject(more)) return more;
  const own = value as Readonly<Record<string, unknown>>;
  const added = Object.entries(more as Readonly<Record<string, unknown>>).map(([key, inner]): [string, unknown] => [
    key,
    Object.hasOwn(own, key) ? merged(own[key], inner) : inner,
  ]);
  return { ...own, ...Object.fromEntries(added) };
}
