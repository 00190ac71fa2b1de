import type { Json } from 'computo-js';
import { parseJson } from '../../json/index.js';
import { tooMuch } from '../provider/index.js';
import { jsonValuesIn } from './json-values.js';

/** A JSON value of an answer: exactly, and as JavaScript sees it. */
export interface Reading {
  readonly value: Json;
  readonly plain: unknown;
}

type Parsed = Reading | { readonly problem: string };

const FENCE = '```';
/** The most fences that are read, because text that is not JSON takes long to reject. */
const FENCES_MAX = 100;
const LANGUAGE = /^[a-z0-9_+-]+(?=[\s[{"])/i;

/**
 * The possible meanings of a model's answer as JSON: groups of values, the most certain first. Tries the answer as it is, then
 * what follows its thoughts, then the contents of Markdown fences, then the objects and arrays in its text. The time grows with
 * the length of the text.
 *
 * @returns `problem`: why the answer as a whole is not JSON
 */
export function readingsOf(text: string): { readonly groups: Iterable<readonly Reading[]>; readonly problem?: string } {
  const whole = parsed(text);
  if (isReading(whole)) return { groups: [[whole]] };
  return { groups: embedded(text), problem: whole.problem };
}

function* embedded(text: string): Generator<readonly Reading[]> {
  const said = withoutThoughts(text);
  const whole = said === text ? undefined : parsed(said);
  if (whole !== undefined && isReading(whole)) yield [whole];
  const fenced = fencedIn(said).flatMap(
    (block) => [block, block.replace(LANGUAGE, '')].map(parsed).find(isReading) ?? [],
  );
  if (fenced.length > 0) yield fenced;
  const values = (jsonValuesIn(said) ?? []).map(parsed);
  if (values.length > 0 && values.every(isReading)) yield values;
}

/** Reasoning models of compatible servers put their thoughts in front of the answer; some leave out the opening tag. */
function withoutThoughts(text: string): string {
  const end = text.lastIndexOf('</think>');
  if (end !== -1) return text.slice(end + '</think>'.length);
  return text.trimStart().startsWith('<think>') ? '' : text;
}

/** The contents of Markdown fences. The last one may be open, because a stop sequence can truncate it. */
function fencedIn(text: string): readonly string[] {
  return text.split(FENCE, 2 * FENCES_MAX).filter((_, index) => index % 2 === 1);
}

function parsed(text: string): Parsed {
  const json = text.trim();
  const excess = tooMuch(json);
  if (excess !== undefined) return { problem: excess };
  try {
    return { value: parseJson(json), plain: JSON.parse(json) as unknown };
  } catch (error) {
    return { problem: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function isReading(read: Parsed): read is Reading {
  return 'value' in read;
}
