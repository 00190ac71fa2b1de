import { countSteps, type Run } from '../../compile/index.js';
import type { Call } from '../../syntax/index.js';
import { regexLibrary } from '../libraries.js';
import type { Pattern } from './pattern.js';
import { WatchedText } from './watched-text.js';

/** A match, valid until the next search. */
export interface Match {
  start(): number;
  end(): number;
  /** The text of a group; null if it did not take part in the match. Group 0 is the whole match. */
  group(index: number): string | null;
}

/** The cost of starting a search. */
const STEPS_PER_SEARCH = 40;
/** At each character, each instruction of a pattern may be examined. */
const INSTRUCTIONS_PER_STEP = 2;
/** With groups, each instruction is examined a second time, and all groups found so far are copied. */
const GROUPS_PER_PASS = 4;

/** Whether a pattern matches anywhere in a text. */
export function hasMatch({ regex, size }: Pattern, text: string, call: Call, run: Run): boolean {
  // An automaton usually takes a few ns per character, but may have to make a new state for each.
  countSteps(run, STEPS_PER_SEARCH + text.length * (1 + size), call.place);
  return regex.test(text);
}

/**
 * Finds the matches of a pattern one after the other. A search may read far beyond the match that it finds, and the next search
 * may read the same text again. Therefore the text read is charged, not the text matched.
 *
 * @param visit called with each match
 * @param withGroups whether `visit` needs any group other than the whole match
 */
export function eachMatch(
  pattern: Pattern,
  text: string,
  withGroups: boolean,
  call: Call,
  run: Run,
  visit: (match: Match) => void,
): void {
  const watched = new WatchedText(text);
  const matcher = pattern.regex.matcher(regexLibrary().MatcherInput.utf16(watched));
  /** Characters that have been charged for and not yet read. */
  let paid = 0;
  for (let from = 0; ; from = matcher.end()) {
    if (paid < text.length - from) {
      countSteps(run, passSteps(pattern, text.length, withGroups), call.place);
      paid += text.length;
    }
    countSteps(run, STEPS_PER_SEARCH, call.place);
    watched.reached = from;
    if (!matcher.find()) return;
    visit(matcher);
    paid -= watched.reached - from;
  }
}

/**
 * Returns the first match of a pattern.
 *
 * @returns undefined if there is none
 */
export function firstMatch(pattern: Pattern, text: string, call: Call, run: Run): Match | undefined {
  countSteps(run, STEPS_PER_SEARCH + passSteps(pattern, text.length, true), call.place);
  const matcher = pattern.regex.matcher(text);
  return matcher.find() ? matcher : undefined;
}

/** The cost of reading this many characters once. */
function passSteps({ regex, size }: Pattern, characters: number, withGroups: boolean): number {
  const passes = withGroups ? 2 + regex.groupCount() / GROUPS_PER_PASS : 1;
  return Math.ceil(characters * (1 + (passes * size) / INSTRUCTIONS_PER_STEP));
}
