/** Compiles nodes to closures, and accounts for what a run uses. */
export { arrayOf, compileArgument, compileArguments, numberOf, objectOf, rawArgument, textOf } from './arguments.js';
export { attempting, compileAttempt, MISSING } from './attempt.js';
export { countCalls, enter, leave, scopeOfOne, scopeOfTwo } from './callable.js';
export { compileExpression } from './compile.js';
export type { Compiled } from './entry.js';
export type { Compiler, ProgramOptions } from './compiler.js';
export { compileLambdaArgument, LAMBDA_HINT } from './lambda-argument.js';
export { bindingOf, boundNames, locate, type Bound } from './lexical.js';
export { DEFAULT_LIMITS, type Limits } from './limits.js';
export { roomIn, UNITS_PER_PAIR } from './room.js';
export {
  countComputed,
  countElements,
  countSteps,
  countUnits,
  limitOf,
  startRun,
  type Attempt,
  type Evaluate,
  type Run,
} from './run.js';
export { FRAMES_MAX } from './stack.js';
export type { TraceEvent, TraceListener } from './trace.js';
export { INNERMOST } from './variable.js';
export { variableHint } from './variable-hint.js';
export type { Visit } from './visit.js';
export { walk } from './walk.js';
