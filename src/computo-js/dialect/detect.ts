import { withinEngineLimits } from '../computo-error.js';
import { findOperator } from '../operators/index.js';
import { parameterAt, placeInside, pointerTo, ROOT, type Dialect, type Place } from '../syntax/index.js';
import { entriesOf, isArray, isObject, unlimited, type Json } from '../value/index.js';
import { markersOfCall } from './markers.js';

/** As many markers of a dialect are told; a deep script's pointers are long, so all of them could fill the memory. */
export const MARKERS_MAX = 100;

/** Something in a script that only one dialect accepts. */
export interface DialectMarker {
  readonly dialect: Dialect;
  /** JSON Pointer into the script. */
  readonly path: string;
  readonly reason: string;
}

export interface Detection {
  /** `ambiguous`: no marker, or an empty script; `conflict`: markers of both. */
  readonly dialect: Dialect | 'ambiguous' | 'conflict';
  /** The first of each dialect, at most {@link MARKERS_MAX}. */
  readonly markers: readonly DialectMarker[];
}

/** An expression still to be looked at. */
interface Expression {
  readonly script: Json;
  readonly place: Place;
  /** Whether only classic evaluates it: then a marker of current means nothing. */
  readonly onlyClassic: boolean;
}

/**
 * Finds out in which dialect a script is written, by what the other dialect would refuse, wherever one of them evaluates.
 * Any nesting will do: it takes no stack.
 */
export function detectDialect(script: Json): Detection {
  return withinEngineLimits(() => {
    const markers: DialectMarker[] = [];
    const pending: Expression[] = [{ script, place: ROOT, onlyClassic: false }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const inner: Expression[] = [];
      lookAt(next, inner, markers);
      // In the order of the script: the first marker is the first that a reader meets.
      for (const expression of inner.reverse()) pending.push(expression);
    }
    return { dialect: verdict(markers), markers };
  });
}

function verdict(markers: readonly DialectMarker[]): Detection['dialect'] {
  const isClassic = markers.some(({ dialect }) => dialect === 'classic');
  const isCurrent = markers.some(({ dialect }) => dialect === 'current');
  if (isClassic && isCurrent) return 'conflict';
  return isClassic ? 'classic' : isCurrent ? 'current' : 'ambiguous';
}

function countOf(dialect: Dialect, markers: readonly DialectMarker[]): number {
  return markers.reduce((count, marker) => count + Number(marker.dialect === dialect), 0);
}

function lookAt({ script, place, onlyClassic }: Expression, inner: Expression[], markers: DialectMarker[]): void {
  const mark = (dialect: Dialect, reason: string, at: Place): void => {
    if (dialect === 'current' && onlyClassic) return;
    if (countOf(dialect, markers) < MARKERS_MAX) markers.push({ dialect, path: pointerTo(at), reason });
  };
  const visit = (expression: Json | undefined, at: Place, classicOnly = onlyClassic): void => {
    // Scalars hold no markers: leaving them out keeps the work list short.
    if (typeof expression === 'object' && expression !== null) {
      inner.push({ script: expression, place: at, onlyClassic: classicOnly });
    }
  };
  const visitAll = (list: readonly Json[], at: Place, classicOnly = onlyClassic): void => {
    for (const [index, element] of list.entries()) visit(element, placeInside(at, index), classicOnly);
  };

  if (!isArray(script)) {
    const list = isObject(script) && Object.keys(script).length === 1 ? script['array'] : undefined;
    if (list !== undefined && isArray(list)) visitAll(list, placeInside(place, 'array'), true);
    return;
  }
  const [head, ...args] = script;
  if (typeof head !== 'string') {
    mark('current', 'a bare literal array', place);
    visitAll(script, place);
    return;
  }
  markersOfCall(head, args, place, mark);
  visitArguments(head, args, place, visit);
}

type Visit = (expression: Json | undefined, at: Place) => void;

/** Visits what a call evaluates. A call of no known operator evaluates nothing. */
function visitArguments(name: string, args: readonly Json[], place: Place, visit: Visit): void {
  if (name === 'let') {
    visitLet(args, place, visit);
    return;
  }
  if (name === 'obj') {
    visitObj(args, place, visit);
    return;
  }
  const found = findOperator(name, 'classic') ?? findOperator(name, 'current');
  if (found === undefined) return;
  for (const [index, argument] of args.entries()) {
    const role = parameterAt(found.signature, index)?.role;
    if (role !== 'raw' && role !== 'ignored') visit(argument, placeInside(place, index + 1));
  }
}

function visitLet([bindings, body]: readonly Json[], place: Place, visit: Visit): void {
  const at = placeInside(place, 1);
  if (bindings !== undefined && isArray(bindings)) {
    for (const [index, pair] of bindings.entries()) {
      if (isArray(pair)) visit(pair[1], placeInside(placeInside(at, index), 1));
    }
  } else if (bindings !== undefined && isObject(bindings)) {
    for (const [name, value] of entriesOf(bindings, unlimited())) visit(value, placeInside(at, name));
  }
  visit(body, placeInside(place, 2));
}

/** Where all arguments are pairs, a pair's string head is a key in classic, so it is no operator to look at. */
function visitObj(args: readonly Json[], place: Place, visit: Visit): void {
  const allPairs = args.every((argument) => isArray(argument) && argument.length === 2);
  for (const [index, argument] of args.entries()) {
    const at = placeInside(place, index + 1);
    if (!allPairs || !isArray(argument)) {
      visit(argument, at);
      continue;
    }
    const [key, value] = argument;
    if (typeof key !== 'string') visit(key, placeInside(at, 0));
    visit(value, placeInside(at, 1));
  }
}
