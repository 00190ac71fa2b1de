import { compileArgument, countSteps, textOf, type Compiler, type Evaluate } from '../compile/index.js';
import { invalidArgument, quotedHint, type Call, type Report } from '../syntax/index.js';

/** What an option's text can't mean; raised by the functions that read options. */
export class OptionProblem extends Error {
  override readonly name = 'OptionProblem';
}

/** What an option means in one run. */
export type Option<T> = (...args: Parameters<Evaluate>) => T;

/**
 * Compiles an argument whose text has a meaning of its own: a pattern, a format, a zone. Most scripts write it out; then it
 * is read once, else anew whenever the text differs from the one before.
 *
 * @param read what the text means; raises an OptionProblem for one that means nothing
 * @param stepsOf what reading takes, charged for an option that is not written out. It is charged each time: what one run
 *   may do must not depend on the runs before it
 * @throws ComputoError `InvalidArgument`, when the option is evaluated and means nothing
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

/** Reports an option that is written out and means nothing. */
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
 * @param index which argument it is
 * @throws ComputoError `InvalidArgument` for an option that means nothing
 */
export function readOrFail<T>(call: Call, text: string, read: (text: string) => T, index: number): T {
  try {
    return read(text);
  } catch (error) {
    throw error instanceof OptionProblem ? invalidArgument(call.place, error.message, quotedHint(call, index)) : error;
  }
}
