import { hintIn, type Form, type Hint } from './hint.js';

/** What went wrong: no such operator, arguments that it can't take, or a limit reached. */
export type ComputoErrorKind = 'InvalidOperator' | 'InvalidArgument' | 'LimitExceeded';

/**
 * The one error that scripts raise. It has no stack: what failed is the script, at its `path`, and to capture the stack of
 * whoever runs it takes longer than most scripts.
 */
export class ComputoError extends Error {
  override readonly name = 'ComputoError';
  /** A way out, where one is known, as it is written in JSON. */
  readonly hint?: string;
  readonly #hint: Hint | undefined;

  /**
   * @param kind what went wrong
   * @param problem one sentence: who expected what, and what came instead
   * @param path JSON Pointer of the failing expression in the script; `""` is the whole script
   * @param hint a way out, where one is known
   * @param limit the limit to raise, where that is the way out
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

  /** What is wrong and the way out, as the script's form has it, without the place. */
  explain(form: Form): string {
    return this.#hint === undefined ? this.problem : `${this.problem}. ${hintIn(this.#hint, form)}`;
  }
}

/**
 * Runs `work` and turns the engine's own limits (stack, string length, array length, integer size), which JavaScript
 * reports as RangeErrors, into `LimitExceeded`.
 *
 * @throws ComputoError, whatever the limit
 */
export function withinEngineLimits<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw engineLimitOf(error);
  }
}

/** The error to raise in place of `error`: a `LimitExceeded` for a RangeError, anything else unchanged. */
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
