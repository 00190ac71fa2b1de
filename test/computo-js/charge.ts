import type { Dialect, Json } from 'computo-js';
import {
  compileExpression,
  countSteps,
  DEFAULT_LIMITS,
  FRAMES_MAX,
  startRun,
  type Limits,
} from '../../src/computo-js/compile/index.js';
import { tablesOf } from './tables-of.js';
import { parseScript } from '../../src/computo-js/dialect/index.js';
import { ROOT } from '../../src/computo-js/syntax/index.js';
import { EffortExceeded } from '../../src/computo-js/value/index.js';
import { ComputoError } from '../../src/computo-js/computo-error.js';

export interface Charge {
  readonly steps: number;
  readonly units: number;
}

/** Limits that no test reaches. */
const PLENTY = { ...DEFAULT_LIMITS, steps: Number.MAX_SAFE_INTEGER, outputSize: Number.MAX_SAFE_INTEGER };

/** A script, ready to run, and what a run of it is charged: steps and units. A run that fails is charged up to there. */
export function charging(script: Json, dialect: Dialect, limits: Limits = PLENTY): (inputs: readonly Json[]) => Charge {
  const root = parseScript(script, dialect);
  const { evaluate, height, cost } = compileExpression(root, 'root', {
    dialect,
    permuto: { interpolation: true, missing: 'ignore' },
    secrets: new Map(),
    tables: new Map(Object.entries(tablesOf({ none: {} }))),
    trace: undefined,
    parse: (found, place) => parseScript(found, dialect, place),
    lambdas: new WeakMap(),
  });
  return (inputs) => {
    const run = startRun(inputs, limits, FRAMES_MAX - height);
    try {
      countSteps(run, cost.steps, ROOT);
      evaluate(run, undefined);
    } catch (error) {
      const isExpected = error instanceof ComputoError || error instanceof EffortExceeded;
      if (!isExpected) throw error;
    }
    return { steps: limits.steps - run.stepsLeft, units: limits.outputSize - run.unitsLeft };
  };
}

/** Steps and units of one run together. */
export function chargeOf(script: Json, inputs: readonly Json[], dialect: Dialect): number {
  const { steps, units } = charging(script, dialect)(inputs);
  return steps + units;
}
