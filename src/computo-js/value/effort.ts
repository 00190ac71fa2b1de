/**
 * The remaining budget for deep work on values. Data can be shared in so many places that traversing it would never end.
 *
 * Every function that looks into values takes an effort and charges it, so no caller can forget to. A step stands for some 50 ns
 * on a slow machine, a unit for some 4 bytes.
 */
export interface Effort {
  /** Work to do: calls, values to examine, characters and digits to read. */
  stepsLeft: number;
  /** Elements, members and characters to build. */
  unitsLeft: number;
}

/** Deep work exceeded its budget. */
export class EffortExceeded extends Error {
  constructor(readonly resource: 'steps' | 'units') {
    super(`out of ${resource}`);
  }
}

/** Returns an effort for callers without limits of their own. */
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

/** Reading a shorter text is included in the reader's step. */
const TEXT_FREE = 32;
/** Reading is faster than that, but joined text must first be laid out in memory, which only the JavaScript engine sees. */
const CHARACTERS_PER_STEP = 8;

/** Charges for text that is compared as a whole, looked up as a key, or stored. */
export function spendText(effort: Effort, characters: number): void {
  if (characters >= TEXT_FREE) spendSteps(effort, Math.ceil(characters / CHARACTERS_PER_STEP));
}

/** Objects with more members are hash tables, in which a member takes ten times as long as a slot in a layout. */
const LAYOUT_MEMBERS_MAX = 16;
const STEPS_PER_HASHED = 6;
const UNITS_PER_HASHED = 8;
const UNITS_PER_PLACE = 2;

/** Charges for listing, looking up or setting this many members of one object. */
export function spendMembers(effort: Effort, members: number): void {
  spendSteps(effort, members > LAYOUT_MEMBERS_MAX ? members * STEPS_PER_HASHED : members);
}

/** Charges for the memory of an object with this many members. */
export function spendObject(effort: Effort, members: number): void {
  spendUnits(effort, members * (members > LAYOUT_MEMBERS_MAX ? UNITS_PER_HASHED : UNITS_PER_PLACE));
}
