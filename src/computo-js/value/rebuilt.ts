import { spendSteps, spendUnits, type Effort } from './effort.js';
import { insideOf, partAt, type Inside } from './inside.js';
import type { Json } from './json.js';
import { orderedObject } from './ordered-object.js';

/** What becomes of a value, all of whose parts were recreated; undefined: its container goes on without it. */
type Make = (value: Json) => Json | undefined;

/** A container whose parts are being recreated. */
interface Open {
  readonly inside: Inside;
  readonly made: (Json | undefined)[];
  isChanged: boolean;
}

const UNITS_PER_PART = 2;

/**
 * Makes a value anew from the inside out, the parts of each container in their order. Any nesting will do. A container in
 * which nothing changed stays the same one.
 *
 * @throws EffortExceeded when the value is larger than `effort` allows
 */
export function rebuilt(root: Json, make: Make, effort: Effort): Json | undefined {
  const opened: Open[] = [];
  for (let value = root; ;) {
    spendSteps(effort, 1);
    const inner = openedIn(value, effort);
    if (inner !== undefined) {
      opened.push(inner);
      value = partAt(inner.inside, 0);
      continue;
    }
    let made = make(value);
    // Hands it to its container; one that is complete is made in turn, and handed to its own.
    let outer = opened.at(-1);
    while (outer !== undefined && add(outer, made)) {
      opened.pop();
      made = make(closed(outer, effort));
      outer = opened.at(-1);
    }
    if (outer === undefined) return made;
    value = partAt(outer.inside, outer.inside.next);
  }
}

/** A container that has parts. */
function openedIn(value: Json, effort: Effort): Open | undefined {
  const inside = insideOf(value, effort);
  if (inside === undefined || inside.length === 0) return undefined;
  spendUnits(effort, UNITS_PER_PART * inside.length);
  return { inside, made: [], isChanged: false };
}

/** @returns whether that was the last part */
function add(open: Open, part: Json | undefined): boolean {
  const { inside, made } = open;
  open.isChanged ||= part !== partAt(inside, inside.next);
  made.push(part);
  inside.next += 1;
  return inside.next === inside.length;
}

function closed({ inside: { container, keys }, made, isChanged }: Open, effort: Effort): Json {
  if (!isChanged) return container;
  if (keys === undefined) return made.filter((part) => part !== undefined);
  const entries = keys.flatMap((key, index): [string, Json][] => {
    const part = made[index];
    return part === undefined ? [] : [[key, part]];
  });
  return orderedObject(entries, effort);
}
