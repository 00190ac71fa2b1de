import { compileArgument, textOf, type Compiler, type Evaluate } from '../compile/index.js';
import type { Call } from '../syntax/index.js';

/**
 * Compiles an argument that must be a string.
 *
 * @throws ComputoError `InvalidArgument`, when it is evaluated and is none
 */
export function compileText(call: Call, index: number, compiler: Compiler): (...args: Parameters<Evaluate>) => string {
  const given = compileArgument(call, index, compiler);
  return (run, scope) => {
    const value = given(run, scope);
    return typeof value === 'string' ? value : textOf(value, call, index);
  };
}
