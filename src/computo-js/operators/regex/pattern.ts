import type { RE2JS } from 're2js';
import { rawArgument, type Compiler } from '../../compile/index.js';
import type { Call, Report } from '../../syntax/index.js';
import { shorten } from '../../value/index.js';
import { regexLibrary } from '../libraries.js';
import { compileOption, OptionProblem, reportOption, type Option } from '../option.js';
import { patternWeight } from './weight.js';

/** A compiled pattern. */
export interface Pattern {
  readonly regex: RE2JS;
  /** Number of instructions. */
  readonly size: number;
}

/** Enough for any pattern written by hand. Compiling this many instructions takes 50 ms, and each may cost time at each character. */
const WEIGHT_MAX = 50_000;
const STEPS_PER_WEIGHT = 40;

/** Compiles an argument that is a pattern. */
export function compilePattern(call: Call, index: number, compiler: Compiler): Option<Pattern> {
  return compileOption(call, index, compiler, readPattern, (text) => patternWeight(text) * STEPS_PER_WEIGHT);
}

/** Reports a malformed literal pattern. */
export function reportPattern(call: Call, index: number, report: Report): void {
  reportOption(call, index, 'malformed-pattern', readPattern, report);
}

/** Returns a literal pattern; undefined if the argument is not a literal or is malformed. */
export function patternWritten(call: Call, index: number): Pattern | undefined {
  const written = rawArgument(call, index);
  if (typeof written !== 'string') return undefined;
  try {
    return readPattern(written);
  } catch (error) {
    if (error instanceof OptionProblem) return undefined;
    throw error;
  }
}

/** @throws OptionProblem for a pattern that is malformed or too large */
export function readPattern(text: string): Pattern {
  const shown = JSON.stringify(shorten(text));
  const weight = patternWeight(text);
  if (weight > WEIGHT_MAX) {
    throw new OptionProblem(`the pattern ${shown} is too large: about ${weight} parts, and at most ${WEIGHT_MAX} work`);
  }
  const { RE2JS, RE2JSSyntaxException } = regexLibrary();
  try {
    const regex = RE2JS.compile(text);
    return { regex, size: regex.programSize() };
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const where = error.input === null ? '' : ` in ${JSON.stringify(shorten(error.input))}`;
    throw new OptionProblem(
      `the pattern ${shown} is not valid RE2: ${error.error}${where}${hintFor(error.input ?? '')}`,
    );
  }
}

/** Names features of other regex engines that RE2 lacks. */
function hintFor(input: string): string {
  if (/^\(\?<?[=!]/.test(input)) return '. RE2 cannot look ahead or behind';
  return /^\\[1-9]/.test(input) ? '. RE2 cannot refer back to a group' : '';
}
