import type { Json } from 'computo-js';
import { type Env, fillPlaceholders } from '../env/index.js';

/** Undefined if the value is not a text, or depends on an unset variable. */
export function filledText(value: Json, env: Env): string | undefined {
  if (typeof value !== 'string') return undefined;
  const { text, unset } = fillPlaceholders(value, env);
  return unset.length > 0 ? undefined : text;
}
