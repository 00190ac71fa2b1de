import { NumberText } from 'computo-js';
import type { core, ZodType } from 'zod';
import { didYouMean } from '../diagnostic/index.js';
import type { Kinds } from '../kinds/kinds.js';
import { oneOf, show } from './show.js';
import { builtWhenMeant, z } from './zod.js';

/**
 * How the schemas of maps, lists and alternatives report errors. Zod gives one message per issue, so two kinds of message carry
 * structure that `explain.ts` extracts again: {@link unknownKeyHints} and {@link chosenOption}.
 */

function expected(words: string): { error: (issue: { readonly input?: unknown }) => string } {
  return {
    error: ({ input }) =>
      input === undefined ? `missing: expected ${words}` : `expected ${words}, got ${show(input)}`,
  };
}

/** A map with known keys; any other key is an error. @param words what is expected */
export function section<const Shape extends core.$ZodLooseShape>(shape: Shape, words = 'a map of settings') {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return expected(words).error(issue);
      return issue.keys.map((key) => didYouMean(key, known) ?? `known keys: ${known.join(', ')}`).join('\n');
    },
  });
}

/** The hints that a {@link section} wrote for its unknown keys, in the order of `issue.keys`. */
export function unknownKeyHints(message: string): readonly string[] {
  return message.split('\n');
}

/** A list with at most a thousand elements. */
export function list<Element extends ZodType>(words: string, element: Element) {
  return z.array(element, expected(`a list of ${words}`)).max(1000, { error: 'expected at most 1000 elements' });
}

/** A map from names to values of one kind. */
export function named<Value extends ZodType>(words: string, value: Value) {
  return z.record(z.string(), value, expected(words));
}

/**
 * Alternatives that are easily distinguished, so that errors refer to the one that was meant.
 *
 * @param pick returns the index of the option that an input was meant as, or undefined if it is none of them
 * @param keys the keys that distinguish maps, for suggestions
 * @param foreign hints for keys of other tools
 */
export function alternatives<const Options extends readonly [ZodType, ...ZodType[]]>(
  words: string,
  options: Options,
  pick: (input: unknown) => number | undefined,
  keys: readonly string[] = [],
  foreign: Readonly<Record<string, string>> = {},
) {
  return z.union(options, {
    error: (issue) => {
      const index = pick(issue.input);
      if (index !== undefined) return `${OPTION}${index}`;
      const hints = isMap(issue.input)
        ? Object.keys(issue.input).map((key) => (Object.hasOwn(foreign, key) ? foreign[key] : didYouMean(key, keys)))
        : [];
      const hint = hints.find((found) => found !== undefined);
      return expected(words).error(issue) + (hint === undefined ? '' : `\n${hint}`);
    },
  });
}

/**
 * Maps that are each identified by a key.
 *
 * @param what what is written in this way: `a stage`
 * @param foreign hints for keys of other tools
 */
export function byKind<Kind extends { readonly kind: string }, Option extends ZodType>(
  what: string,
  kinds: Kinds<Kind>,
  option: (kind: Kind) => Option,
  foreign: Readonly<Record<string, string>> = {},
) {
  const keys = kinds.names;
  const pick = byKey(keys);
  const [first, ...rest] = kinds.all.map((kind, index) =>
    builtWhenMeant(
      (input) => pick(input) === index,
      () => option(kind),
    ),
  );
  if (first === undefined) throw new TypeError(`there is no kind of ${what}`);
  return alternatives(`${what}: a map with the key ${oneOf(keys)}`, [first, ...rest], pick, keys, foreign);
}

const OPTION = 'option ';

/** The index of the option that the input of a failed {@link alternatives} was meant as. */
export function chosenOption(message: string): number | undefined {
  return message.startsWith(OPTION) ? Number(message.slice(OPTION.length)) : undefined;
}

/** Picks the alternative of a map: the index of the first of these keys that the map has. */
export function byKey(keys: readonly string[]): (input: unknown) => number | undefined {
  return (input) => {
    const index = isMap(input) ? keys.findIndex((key) => Object.hasOwn(input, key)) : -1;
    return index === -1 ? undefined : index;
  };
}

export function isMap(input: unknown): input is object {
  return typeof input === 'object' && input !== null && !Array.isArray(input) && !(input instanceof NumberText);
}
