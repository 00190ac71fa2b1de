import { hintIn, type Form, type Hint } from './hint.js';

/** What went wrong: an unknown operator, arguments that an operator can't accept, or a limit exceeded. */
export type ComputoErrorKind = 'InvalidOperator' | 'InvalidArgument' | 'LimitExceeded';

/**
 * The only error that scripts raise. It has no stack: what failed is the script, at its `path`, and capturing the stack of the
 * JavaScript caller takes longer than most scripts.
 */
export class ComputoError extends Error {
  override readonly name = 'ComputoError';
  /** How to fix the problem, if known, in the form for JSON scripts. */
  readonly hint?: string;
  readonly #hint: Hint | undefined;

  /**
   * @param kind what went wrong
   * @param problem one sentence: what was expected, by which operator, and what was found instead
   * @param path JSON Pointer of the failing expression in the script; `""` is the whole script
   * @param hint how to fix the problem, if known
   * @param limit the limit to raise, if that fixes the problem
   */
  constructor(
    readonly kind: ComputoErrorKind,
    readonly problem: string,
    readonly path: string,
    hint?: Hint,
    readonly limit?: 'steps' | 'outputSize',
  ) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const inJson = hint === undefined ? undefined : hintIn(hint, 'json');
    super(
      `${problem} (at ${path === '' ? 'the root of the script' : path})${inJson === undefined ? '' : `. ${inJson}`}`,
    );
    Error.stackTraceLimit = stackTraceLimit;
    if (inJson !== undefined) this.hint = inJson;
    this.#hint = hint;
  }

  /** Returns the problem and the hint in the script's form, without the place. */
  explain(form: Form): string {
    return this.#hint === undefined ? this.problem : `${this.problem}. ${hintIn(this.#hint, form)}`;
  }
}

/**
 * Runs `work` and converts the JavaScript engine's own limits (stack, string length, array length, integer size), which are
 * reported as RangeErrors, into `LimitExceeded`.
 *
 * @throws ComputoError for any limit
 */
export function withinEngineLimits<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw engineLimitOf(error);
  }
}

/** Returns the error to raise in place of `error`: a `LimitExceeded` for a RangeError, anything else unchanged. */
export function engineLimitOf(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error;
  const isStack = error.message.includes('call stack');
  return new ComputoError(
    'LimitExceeded',
    isStack ? 'nested too deep: the stack is exhausted' : `a value outgrew what can be held: ${error.message}`,
    '',
    isStack ? 'Nest the script or the data less deeply, or recurse fewer times.' : 'Build smaller values.',
  );
}
