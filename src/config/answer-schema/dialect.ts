import type { Ajv, Options } from 'ajv';

type Dialect = new (options: Options) => Ajv;

/**
 * The rules of the draft that a schema says it is written in, however `$schema` is spelled: with `http` or `https`, with or
 * without `#`. Those of 2020-12 are for what says nothing, and for drafts that nobody here knows.
 */
export async function dialectOf(schema: boolean | object): Promise<Dialect> {
  const named = typeof schema === 'object' && '$schema' in schema ? String(schema.$schema) : '';
  // A bundle shows only the default export of these CommonJS modules.
  if (/\bdraft-0[67]\b/.test(named)) return (await import('ajv')).default;
  if (/\b2019-09\b/.test(named)) return (await import('ajv/dist/2019.js')).default;
  return (await import('ajv/dist/2020.js')).default;
}
