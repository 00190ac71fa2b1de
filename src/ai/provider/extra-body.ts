import { isObject, parsed } from './read-json.js';

/** A `fetch` whose bodies get what a request has under `extra`: maps are merged, anything else replaces what is there. */
export function withExtra(send: typeof fetch, extra: Readonly<Record<string, unknown>> | undefined): typeof fetch {
  if (extra === undefined) return send;
  return (input, init) => {
    const body = typeof init?.body === 'string' ? parsed(init.body) : undefined;
    return send(input, body === undefined ? init : { ...init, body: JSON.stringify(merged(body, extra)) });
  };
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
