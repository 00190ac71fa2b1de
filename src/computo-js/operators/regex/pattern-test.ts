import { OptionProblem } from '../option.js';
import { readPattern } from './pattern.js';

/** The test of a pattern, or a message that says what is wrong with the pattern. */
export type PatternTest = { readonly test: (text: string) => boolean } | { readonly problem: string };

/**
 * Reads a pattern for use outside of scripts, in the same syntax as in scripts (RE2).
 *
 * @returns a test for whether the pattern matches anywhere in a text, in time linear in the text's length
 */
export function patternTest(pattern: string): PatternTest {
  try {
    const { regex } = readPattern(pattern);
    return { test: (text) => regex.test(text) };
  } catch (error) {
    if (!(error instanceof OptionProblem)) throw error;
    return { problem: error.message };
  }
}
