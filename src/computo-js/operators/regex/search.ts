import { countSteps, type Run } from '../../compile/index.js';
import type { Call } from '../../syntax/index.js';
import { regexLibrary } from '../libraries.js';
import type { Pattern } from './pattern.js';
import { WatchedText } from './watched-text.js';

/** A match that was found, until the next one is looked for. */
export interface Match {
  start(): number;
  end(): number;
  /** The text of a group, null when it took no part; 0 is the whole match. */
  group(index: number): string | null;
}

/** What beginning a search takes. */
const STEPS_PER_SEARCH = 40;
/** At each character, each instruction of a pattern may be looked at. */
const INSTRUCTIONS_PER_STEP = 2;
/** With the groups, they are looked at a second time, and all groups so far are copied. */
const GROUPS_PER_PASS = 4;

/** Whether a pattern stands anywhere in a text. */
export function hasMatch({ regex, size }: Pattern, text: string, call: Call, run: Run): boolean {
  // An automaton mostly takes a few ns for a character; but it may have to make a new state for each.
  countSteps(run, STEPS_PER_SEARCH + text.length * (1 + size), call.place);
  return regex.test(text);
}

/**
 * Finds the matches of a pattern one after the other. A search may look far beyond the match that it finds, and the next one
 * again: what is read is charged, not what is matched.
 *
 * @param visit called with each match
 * @param withGroups whether it asks for other groups than the whole match
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
  /** Characters that may be read at the charge so far. */
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
 * The first match of a pattern.
 *
 * @returns undefined when there is none
 */
export function firstMatch(pattern: Pattern, text: string, call: Call, run: Run): Match | undefined {
  countSteps(run, STEPS_PER_SEARCH + passSteps(pattern, text.length, true), call.place);
  const matcher = pattern.regex.matcher(text);
  return matcher.find() ? matcher : undefined;
}

/** What it takes to go through so many characters once. */
function passSteps({ regex, size }: Pattern, characters: number, withGroups: boolean): number {
  const passes = withGroups ? 2 + regex.groupCount() / GROUPS_PER_PASS : 1;
  return Math.ceil(characters * (1 + (passes * size) / INSTRUCTIONS_PER_STEP));
}
