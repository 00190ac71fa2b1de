import { ComputoError, engineLimitOf, withinEngineLimits } from './computo-error.js';
import {
  compileExpression,
  countSteps,
  FRAMES_MAX,
  limitOf,
  startRun,
  type Compiled,
  type Limits,
  type ProgramOptions,
  type Run,
} from './compile/index.js';
import { detectDialect, parseScript } from './dialect/index.js';
import { resolveOptions, type ExecuteOptions } from './options.js';
import { planOf, type FieldReader, type FieldProgram } from './plan/index.js';
import { overLimit, ROOT, type Dialect, type DialectOption, type Node } from './syntax/index.js';
import { exceeds, type Json } from './value/index.js';

/** A compiled script, which can be run any number of times. Runs are independent. */
export interface Program {
  readonly dialect: Dialect;
  /**
   * @param inputs the first of them is `$input`
   * @throws ComputoError for the first failing call in evaluation order, or an exceeded limit
   */
  run(inputs?: readonly Json[]): Json;
  /** Returns the program as a function of single fields of its first input; undefined if its text does not tell which fields. */
  plan(fields: FieldReader): FieldProgram | undefined;
}

/**
 * Compiles a script. Errors that occur only when a run reaches them, such as a wrong number of arguments, are raised by `run`;
 * use `check` to find them earlier.
 *
 * @throws ComputoError if no dialect fits, or the script is nested too deep
 */
export function compile(script: Json, options: ExecuteOptions = {}): Program {
  return withinEngineLimits(() => {
    const { limits, permuto, secrets, tables, trace, ...wanted } = resolveOptions(options);
    const dialect = dialectOf(script, wanted.dialect);
    const context: ProgramOptions = {
      dialect,
      permuto,
      secrets,
      tables,
      trace: trace === undefined ? undefined : { listener: trace, depth: 0 },
      parse: (found, place) => parseScript(found, dialect, place),
      lambdas: new WeakMap(),
    };
    const root = parseScript(script, dialect);
    // A result that can't outgrow the inputs needs no measuring, unless the limit was set explicitly.
    const isStrict = options.limits?.outputSize !== undefined;
    const budget: Budget = { limits, isStrict };
    return { dialect, run: runner(root, context, budget), plan: (fields) => planIn(context, root, budget, fields) };
  });
}

/** This many copies of the longest possible line are within any limit that users are likely to set. */
const COPIES_UNMEASURED = 4;
/** A plan may use only a part of the limits, because the run on the whole input starts over if the plan fails. */
const PLAN_SHARE = 1 / 4;

/** A program's limits, and whether every result is measured, even one that must be small. */
interface Budget {
  readonly limits: Limits;
  readonly isStrict: boolean;
}

function runner(root: Node, context: ProgramOptions, { limits, isStrict }: Budget): Program['run'] {
  const compiled = compileExpression(root, 'root', context);
  const isMeasured = isStrict || compiled.copies > COPIES_UNMEASURED;
  return (inputs = []) => runOnce(compiled, inputs, limits, isMeasured, context);
}

function planIn(context: ProgramOptions, root: Node, budget: Budget, fields: FieldReader): FieldProgram | undefined {
  const { limits } = budget;
  // A trace would report calls other than the script's.
  if (context.trace !== undefined) return undefined;
  const steps = limits.steps * PLAN_SHARE;
  return planOf(root, fields, {
    limit: Math.min(limits.steps, limits.outputSize),
    compile: (node, share) =>
      runner(
        node,
        { ...context, lambdas: new WeakMap() },
        { ...budget, limits: { ...limits, steps: steps / share, outputSize: limits.outputSize / share } },
      ),
  });
}

/**
 * Compiles a script and runs it once.
 *
 * @throws ComputoError as `compile` and `run` do
 */
export function execute(script: Json, inputs: readonly Json[] = [], options: ExecuteOptions = {}): Json {
  return compile(script, options).run(inputs);
}

function runOnce(
  { evaluate, height, cost }: Compiled,
  inputs: readonly Json[],
  limits: Limits,
  isMeasured: boolean,
  { trace }: ProgramOptions,
): Json {
  if (trace !== undefined) trace.depth = 0;
  const run = startRun(inputs, limits, FRAMES_MAX - height);
  try {
    countSteps(run, cost.steps, ROOT);
    const result = evaluate(run, undefined);
    if (isMeasured) measure(result, run);
    return result;
  } catch (error) {
    throw engineLimitOf(limitOf(error, run));
  }
}

/** @throws ComputoError if a result, written out, is too large, or takes too long to write */
function measure(result: Json, run: Run): void {
  const { outputSize } = run.limits;
  run.at = ROOT;
  if (!exceeds(result, outputSize, run)) return;
  const limit = `${outputSize} elements, members and characters`;
  throw overLimit(ROOT, `the result has more than ${limit}`, 'outputSize');
}

/** @throws ComputoError if the script has markers of both dialects */
function dialectOf(script: Json, wanted: DialectOption): Dialect {
  if (wanted !== 'auto') return wanted;
  const { dialect, markers } = detectDialect(script);
  if (dialect === 'ambiguous') return 'current';
  if (dialect !== 'conflict') return dialect;
  const [classic, current] = (['classic', 'current'] as const).map((side) =>
    markers.find((one) => one.dialect === side),
  );
  const at = (marker: typeof classic): string => `${marker?.reason ?? ''} at ${JSON.stringify(marker?.path ?? '')}`;
  throw new ComputoError(
    'InvalidArgument',
    `the script mixes dialects: ${at(classic)} is classic, ${at(current)} is current`,
    current?.path ?? '',
    "Set the option 'dialect' to 'classic' or 'current'.",
  );
}
