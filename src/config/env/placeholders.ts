import type { Json } from 'computo-js';

/** Environment variables by name, as in `process.env`. */
export type Env = Readonly<Record<string, string | undefined>>;

/** `${NAME}` or `${NAME:-default}`. Anything else is literal text. */
const PLACEHOLDER = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

export interface Filled {
  readonly text: string;
  /** Every variable that the text refers to. */
  readonly names: readonly string[];
  /** Variables that are unset and have no default; their placeholders are left in the text. */
  readonly unset: readonly string[];
}

/** Fills environment variables into a text. A default is used if the variable is unset or empty. */
export function fillPlaceholders(text: string, env: Env): Filled {
  if (!text.includes('${')) return { text, names: [], unset: [] };
  const names: string[] = [];
  const unset: string[] = [];
  const filled = text.replace(PLACEHOLDER, (placeholder, name: string, fallback: string | undefined) => {
    names.push(name);
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined && (value !== '' || fallback === undefined)) return value;
    if (fallback !== undefined) return fallback;
    unset.push(name);
    return placeholder;
  });
  return { text: filled, names, unset };
}

export function hasPlaceholder(text: string): boolean {
  return fillPlaceholders(text, {}).names.length > 0;
}

/** Undefined for what is not a text, or depends on a variable that is not set. */
export function filledText(value: Json, env: Env): string | undefined {
  if (typeof value !== 'string') return undefined;
  const { text, unset } = fillPlaceholders(value, env);
  return unset.length > 0 ? undefined : text;
}
