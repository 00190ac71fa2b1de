import { distinctKey, NumberText, type Json } from 'computo-js';
import { stringifyJson } from '../../json/index.js';

/**
 * The text that stands for a key: two keys have the same text exactly if they find the same row.
 *
 * @param textKeys whether all keys of the table are texts: a number or a boolean is then looked up by its JSON text. Otherwise
 *   keys are compared as JSON values, so that `1` and `1.0` are the same, and `1` and `"1"` are not
 */
export function keyText(key: Json, textKeys: boolean): string {
  if (textKeys) return typeof key === 'string' ? key : stringifyJson(key);
  return String(distinctKey(key));
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** A 32-bit hash: FNV-1a over UTF-16, mixed so that its low bits depend on all input bits. */
export function hashOf(text: string): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Whether a value can be a key: a text, a number or a boolean. */
export function isKey(value: Json | undefined): value is Json {
  if (value === undefined || value === null) return false;
  return typeof value !== 'object' || value instanceof NumberText;
}
