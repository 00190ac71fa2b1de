import { NumberText, stringify, type Json } from 'computo-js';
import { isMap, show } from './problem.js';

/** The tags by which a call's cost is summed up, in addition to its stage: values by name, such as `{ team: 'search' }`. */
export type Tags = Readonly<Record<string, string>>;

const TAGS_MAX = 16;
const NAME_MAX = 64;
const VALUE_MAX = 256;

/** Letters, digits, `_`, `-` and `.`: a name appears unquoted in `--by tag:NAME` and before a `=`. */
const NAME = /^[\p{L}\p{M}\p{N}_.-]+$/u;

export type ParsedTags =
  { readonly ok: true; readonly tags: Tags | undefined } | { readonly ok: false; readonly problem: string };

/**
 * @param made the result of a stage's template or script for an event: texts, numbers and booleans by name; null means no tag
 * @returns no tags if there are none
 */
export function parseTags(made: Json): ParsedTags {
  if (!isMap(made)) return { ok: false, problem: `the tags: expected a map, found ${show(made)}` };
  const given = Object.entries(made).filter(([, value]) => value !== null);
  const problem =
    tooManyTags(given.length) ??
    given.map(([name, value]) => tagNameProblem(name) ?? tagValueProblem(name, value)).find((one) => one !== undefined);
  if (problem !== undefined) return { ok: false, problem };
  // Object.fromEntries defines own properties, `__proto__` too.
  const tags = Object.fromEntries(given.map(([name, value]) => [name, printed(value)]));
  return { ok: true, tags: given.length === 0 ? undefined : tags };
}

export function tooManyTags(count: number): string | undefined {
  return count > TAGS_MAX ? `the tags: expected at most ${TAGS_MAX}, found ${count}` : undefined;
}

/** Why a name can't be a tag's; undefined if it can. */
export function tagNameProblem(name: string): string | undefined {
  if (isLongerThan(name, NAME_MAX)) return `a tag's name has at most ${NAME_MAX} characters`;
  return NAME.test(name)
    ? undefined
    : `the tag ${JSON.stringify(name)}: a name is of letters, digits, "_", "-" and "."`;
}

/** Why a tag can't have this value; undefined: it can. */
export function tagValueProblem(name: string, value: Json): string | undefined {
  if (typeof value === 'object' && value !== null && !(value instanceof NumberText))
    return `the tag ${name}: expected a text, a number or a boolean, found ${show(value)}`;
  return isLongerThan(printed(value), VALUE_MAX)
    ? `the tag ${name}: expected at most ${VALUE_MAX} characters, found more`
    : undefined;
}

function printed(value: Json): string {
  return typeof value === 'string' ? value : stringify(value);
}

/** A character, as people count them, has one or two code units. */
function isLongerThan(text: string, max: number): boolean {
  return text.length > max && (text.length > 2 * max || Array.from(text).length > max);
}
