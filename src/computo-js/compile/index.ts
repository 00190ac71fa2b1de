/** From nodes to closures, and what a run keeps account of. */
export {
  arrayOf,
  compileArgument,
  compileArguments,
  compileArrayArgument,
  numberOf,
  objectOf,
  rawArgument,
  textOf,
} from './arguments.js';
export { countCalls, enter, leave, type Callable } from './callable.js';
export { createCompiler, type Compiler, type ProgramContext } from './compiler.js';
export { compileLambdaArgument } from './lambda-argument.js';
export { bind, boundNames, locate, type Lexical } from './lexical.js';
export { DEFAULT_LIMITS, type Limits } from './limits.js';
export { callerOfTwo, mapItems, visitItems } from './loop.js';
export { countSteps, countUnits, startRun, type Evaluate, type Frame, type Run, type Scope } from './run.js';
export type { Trace, TraceEvent, TraceListener } from './trace.js';
export { compileVariable, variableHint } from './variable.js';
