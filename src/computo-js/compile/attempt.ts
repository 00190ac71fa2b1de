import type { Compiler } from './compiler.js';
import type { Attempt } from './run.js';

/**
 * Raised where a read finds nothing, and whoever asked has an answer to that. An error that says what is wrong takes longer
 * to make than most scripts take to run, so there is one for all.
 */
export const MISSING = new Error('nothing is there');

/** Compiles an argument in which a read may find nothing, at any depth. Takes a stack frame. */
export function compileAttempt(index: number, compiler: Compiler): Attempt {
  return compiler.read(index) ?? attempting(compiler.compile(index), isMissing);
}

/**
 * Evaluates, and goes on where that fails in a way that is forgiven.
 *
 * @returns undefined where it failed
 */
export function attempting(evaluate: Attempt, isForgiven: (error: unknown) => boolean): Attempt {
  return (run, scope) => {
    const { attempts, depthLeft, framesLeft } = run;
    run.attempts = attempts + 1;
    try {
      return evaluate(run, scope);
    } catch (error) {
      if (!isForgiven(error)) throw error;
      // Lambdas that were left by an error are left all the same.
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
