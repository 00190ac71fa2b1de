import type { Ajv, Options } from 'ajv';

type Dialect = new (options: Options) => Ajv;

/**
 * The rules of the draft that a schema names, however `$schema` is spelled: with `http` or `https`, with or without `#`. Without
 * `$schema`, or for an unknown draft, those of 2020-12.
 */
export async function dialectOf(schema: boolean | object): Promise<Dialect> {
  const named = typeof schema === 'object' && '$schema' in schema ? String(schema.$schema) : '';
  // A bundle exposes only the default export of these CommonJS modules.
  if (/\bdraft-0[67]\b/.test(named)) return (await import('ajv')).default;
  if (/\b2019-09\b/.test(named)) return (await import('ajv/dist/2019.js')).default;
  return (await import('ajv/dist/2020.js')).default;
}
