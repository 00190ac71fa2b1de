import type { Compiler } from './compiler.js';
import type { Attempt } from './run.js';

/**
 * Raised when a read finds nothing and the caller can handle that. A single shared object, because making a descriptive error
 * takes longer than most scripts take to run.
 */
export const MISSING = new Error('nothing is there');

/** Compiles an argument in which a read may find nothing, at any depth. Takes a stack frame. */
export function compileAttempt(index: number, compiler: Compiler): Attempt {
  return compiler.read(index) ?? attempting(compiler.compile(index), isMissing);
}

/**
 * Wraps an evaluation so that it survives forgiven errors.
 *
 * @returns undefined if the evaluation failed with a forgiven error
 */
export function attempting(evaluate: Attempt, isForgiven: (error: unknown) => boolean): Attempt {
  return (run, scope) => {
    const { attempts, depthLeft, framesLeft } = run;
    run.attempts = attempts + 1;
    try {
      return evaluate(run, scope);
    } catch (error) {
      if (!isForgiven(error)) throw error;
      // Restores these, because lambdas that the error ended have not.
      run.depthLeft = depthLeft;
      run.framesLeft = framesLeft;
      return undefined;
    } finally {
      run.attempts = attempts;
    }
  };
}

function isMissing(error: unknown): boolean {
  return error === MISSING;
}
