import { invalidArgument, type Place } from '../syntax/index.js';
import type { Json } from '../value/index.js';
import { variableHint } from './variable-hint.js';
import { locate, type Lexical } from './lexical.js';
import { countSteps, type Evaluate, type Scope } from './run.js';

/** Reading a variable passes up to this many others without extra steps. */
const HOPS_PER_STEP = 16;

/** Reads the innermost variable if the script guarantees that there is one; in most lambdas, this is the element. */
export const INNERMOST: Evaluate = (_, scope) => (scope === undefined ? null : scope.value);

/** Compiles the reading of a variable, with a fixed number of hops if the script determines it. */
export function compileVariable(name: string, lexical: Lexical, place: Place): Evaluate {
  const missing = (scope: Scope): never => {
    throw unbound(name, namesIn(scope), place);
  };
  // Names of the same length are compared character by character.
  const weight = 1 + Math.floor(name.length / HOPS_PER_STEP);
  switch (locate(lexical, name)) {
    case 0:
      return INNERMOST;
    case 1:
      return (_, scope) => {
        const frame = scope?.next;
        return frame === undefined ? missing(scope) : frame.value;
      };
    case 2:
      return (_, scope) => {
        const frame = scope?.next?.next;
        return frame === undefined ? missing(scope) : frame.value;
      };
    default:
      return (run, scope): Json => {
        let hops = 0;
        for (let frame = scope; frame !== undefined; frame = frame.next) {
          if (frame.name === name) {
            if (hops >= HOPS_PER_STEP) countSteps(run, Math.floor((hops * weight) / HOPS_PER_STEP), place);
            return frame.value;
          }
          hops += 1;
        }
        return missing(scope);
      };
  }
}

function unbound(name: string, known: ReadonlySet<string>, place: Place): Error {
  return invalidArgument(place, `no variable ${JSON.stringify(name)} is bound here`, variableHint(name, known));
}

function namesIn(scope: Scope): ReadonlySet<string> {
  const names = new Set<string>();
  for (let frame = scope; frame !== undefined; frame = frame.next) names.add(frame.name);
  return names;
}
