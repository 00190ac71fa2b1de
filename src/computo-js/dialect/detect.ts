import { withinEngineLimits } from '../computo-error.js';
import { findOperator } from '../operators/index.js';
import { parameterAt, placeInside, pointerTo, ROOT, type Dialect, type Place } from '../syntax/index.js';
import { entriesOf, isArray, isObject, unlimited, type Json } from '../value/index.js';
import { markersOfCall } from './markers.js';

/** The maximum number of markers reported per dialect. The pointers of a deep script are long, so all of them could fill the memory. */
export const MARKERS_MAX = 100;

/** Something in a script that only one dialect accepts. */
export interface DialectMarker {
  readonly dialect: Dialect;
  /** JSON Pointer into the script. */
  readonly path: string;
  readonly reason: string;
}

export interface Detection {
  /** `ambiguous`: no markers, or an empty script; `conflict`: markers of both dialects. */
  readonly dialect: Dialect | 'ambiguous' | 'conflict';
  /** The first markers of each dialect, at most {@link MARKERS_MAX} each. */
  readonly markers: readonly DialectMarker[];
}

/** An expression still to be examined. */
interface Expression {
  readonly script: Json;
  readonly place: Place;
  /** Whether only the classic dialect evaluates it, so that markers of the current dialect mean nothing. */
  readonly onlyClassic: boolean;
}

/**
 * Detects the dialect of a script by what the other dialect would reject, wherever either of them evaluates. Works at any nesting
 * depth, because it takes no stack.
 */
export function detectDialect(script: Json): Detection {
  return withinEngineLimits(() => {
    const markers: DialectMarker[] = [];
    const pending: Expression[] = [{ script, place: ROOT, onlyClassic: false }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const inner: Expression[] = [];
      lookAt(next, inner, markers);
      // Keeps the order of the script, so that the first marker is the first that a reader sees.
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
    // Scalars contain no markers. Omitting them keeps the work list short.
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

/** Visits the parts of a call that are evaluated. A call of an unknown operator evaluates nothing. */
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

/** If all arguments are pairs, a pair's first string is a key in the classic dialect, so it is not checked as an operator. */
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
