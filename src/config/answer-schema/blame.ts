import { formatPointer } from 'computo-js';

/** Whether a key of a schema, with its value, is what the compiler failed on. */
type IsBlamed = (key: string, value: unknown) => boolean;

/** The pointer to the `$ref` or regular expression in a schema that could not be compiled; '' if it can't be determined. */
export function blamedPointer(schema: unknown, error: unknown): string {
  if (!(error instanceof Error)) return '';
  const missing = 'missingRef' in error ? error.missingRef : undefined;
  if (typeof missing === 'string') return find(schema, leadsTo(missing)) ?? '';
  return find(schema, isExpressionOf(error.message)) ?? '';
}

function leadsTo(missing: string): IsBlamed {
  return (key, value) =>
    key === '$ref' && typeof value === 'string' && missing.endsWith(value.replace(/^(?:\.{0,2}\/)+/, ''));
}

/** The expression is the value of `pattern`, but a key of `patternProperties`. */
function isExpressionOf(message: string): IsBlamed {
  const isNamed = (expression: unknown): boolean =>
    message.startsWith(`Invalid regular expression: /${String(expression)}/`);
  return (key, value) => (key === 'pattern' ? isNamed(value) : isNamed(key));
}

function find(value: unknown, isBlamed: IsBlamed, path: readonly string[] = []): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, part] of Object.entries(value)) {
    const place = [...path, key];
    const found = isBlamed(key, part) ? formatPointer(place) : find(part, isBlamed, place);
    if (found !== undefined) return found;
  }
  return undefined;
}
