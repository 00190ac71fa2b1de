import { formatPointer, type Json } from 'computo-js';
import type { ScriptSource } from '../script/index.js';

/** A text in a script, and its JSON Pointer there. */
export interface Literal {
  readonly text: string;
  readonly script: ScriptSource;
  readonly path: string;
}

/**
 * What an AI stage's script makes a key of its request to be, whatever the event: as far as it is an object that says so in plain
 * words, or a call of `obj`.
 */
export function requestLiteral(script: ScriptSource, key: string): Literal | undefined {
  const request = script.script;
  const path = Array.isArray(request) ? pathInCall(request, key) : [key];
  const text = path?.reduce<Json | undefined>(partOf, request);
  return path === undefined || typeof text !== 'string' ? undefined : { text, script, path: formatPointer(path) };
}

function pathInCall([head, ...members]: readonly Json[], key: string): readonly string[] | undefined {
  if (head !== 'obj') return undefined;
  for (const [i, member] of members.entries()) {
    // Classic has pairs, current has keys and values in turn.
    if (partOf(member, '0') === key) return [String(i + 1), '1'];
    if (i % 2 === 0 && member === key) return [String(i + 2)];
  }
  return undefined;
}

function partOf(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, Json>>)[key];
}
