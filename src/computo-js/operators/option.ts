import { compileArgument, countSteps, textOf, type Compiler, type Evaluate } from '../compile/index.js';
import { invalidArgument, quotedHint, type Call, type Report } from '../syntax/index.js';

/** The text of an option is invalid. Raised by the functions that read options. */
export class OptionProblem extends Error {
  override readonly name = 'OptionProblem';
}

/** Returns the meaning of an option in one run. */
export type Option<T> = (...args: Parameters<Evaluate>) => T;

/**
 * Compiles an argument whose text has a meaning of its own: a pattern, a format, a zone. A literal, as in most scripts, is read
 * once; any other text is read again whenever it differs from the previous one.
 *
 * @param read returns the meaning of a text; raises an OptionProblem if the text is invalid
 * @param stepsOf the steps that reading takes, charged for an option that is not a literal. Charged each time, because what one
 *   run may do must not depend on earlier runs
 * @throws ComputoError `InvalidArgument` on evaluation, if the option is invalid
 */
export function compileOption<T>(
  call: Call,
  index: number,
  compiler: Compiler,
  read: (text: string) => T,
  stepsOf?: (text: string) => number,
): Option<T> {
  const given = compileArgument(call, index, compiler);
  const isWrittenOut = call.arguments[index]?.type === 'constant';
  let last: { readonly text: string; readonly meaning: T } | undefined;
  return (run, scope) => {
    const text = textOf(given(run, scope), call, index);
    if (stepsOf !== undefined && !isWrittenOut) countSteps(run, stepsOf(text), call.place);
    if (last?.text !== text) last = { text, meaning: readOrFail(call, text, read, index) };
    return last.meaning;
  };
}

/** Reports an invalid literal option. */
export function reportOption(
  call: Call,
  index: number,
  code: string,
  read: (text: string) => unknown,
  report: Report,
): void {
  const argument = call.arguments[index];
  if (argument?.type !== 'constant' || typeof argument.value !== 'string') return;
  try {
    read(argument.value);
  } catch (error) {
    if (!(error instanceof OptionProblem)) throw error;
    report({ code, place: argument.place, message: error.message });
  }
}

/**
 * @param index the argument's index
 * @throws ComputoError `InvalidArgument` for an invalid option
 */
export function readOrFail<T>(call: Call, text: string, read: (text: string) => T, index: number): T {
  try {
    return read(text);
  } catch (error) {
    throw error instanceof OptionProblem ? invalidArgument(call.place, error.message, quotedHint(call, index)) : error;
  }
}
