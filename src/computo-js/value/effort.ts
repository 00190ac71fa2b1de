/** What deep work on values may still take. Data can be shared in so many places that walking it would never end. */
export interface Effort {
  /** Values to look at. */
  stepsLeft: number;
  /** Elements, members and characters to build. */
  unitsLeft: number;
}

/** Deep work took more than it may. */
export class EffortExceeded extends Error {
  constructor(readonly resource: 'steps' | 'units') {
    super(`out of ${resource}`);
  }
}

/** For callers without limits of their own. */
export function unlimited(): Effort {
  return { stepsLeft: Infinity, unitsLeft: Infinity };
}

export function spendSteps(effort: Effort, steps: number): void {
  effort.stepsLeft -= steps;
  if (effort.stepsLeft < 0) throw new EffortExceeded('steps');
}

export function spendUnits(effort: Effort, units: number): void {
  effort.unitsLeft -= units;
  if (effort.unitsLeft < 0) throw new EffortExceeded('units');
}
