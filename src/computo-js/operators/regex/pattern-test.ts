import { OptionProblem } from '../option.js';
import { readPattern } from './pattern.js';

/** A pattern by itself, or what is wrong with it, for people. */
export type PatternTest = { readonly test: (text: string) => boolean } | { readonly problem: string };

/**
 * Reads a pattern for use outside of scripts, in the same syntax as there (RE2).
 *
 * @returns tells whether the pattern matches anywhere in a text, in time that grows with the text and not faster
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
