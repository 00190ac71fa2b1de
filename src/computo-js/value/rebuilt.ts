import { spendSteps, spendUnits, type Effort } from './effort.js';
import { insideOf, partAt, type Inside } from './inside.js';
import type { Json } from './json.js';
import { orderedObject } from './ordered-object.js';

/** Returns the replacement for a value all of whose parts have been rebuilt; undefined removes the value from its container. */
type Make = (value: Json) => Json | undefined;

/** A container whose parts are being rebuilt. */
interface Open {
  readonly inside: Inside;
  readonly made: (Json | undefined)[];
  isChanged: boolean;
}

const UNITS_PER_PART = 2;

/**
 * Rebuilds a value from the inside out, the parts of each container in order. Works at any nesting depth. A container in which
 * nothing changed stays the same object.
 *
 * @throws EffortExceeded if the value is larger than `effort` allows
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
    // Adds the value to its container. A container that is complete is itself rebuilt and added to its own container.
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

/** Returns a container that has parts. */
function openedIn(value: Json, effort: Effort): Open | undefined {
  const inside = insideOf(value, effort);
  if (inside === undefined || inside.length === 0) return undefined;
  spendUnits(effort, UNITS_PER_PART * inside.length);
  return { inside, made: [], isChanged: false };
}

/** @returns whether `part` was the last part */
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
