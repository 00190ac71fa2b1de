import { placeInside, type Binding, type Parser, type Place, type RawCall } from '../syntax/index.js';
import { describe, isArray, type Json } from '../value/index.js';

/** Parses `[[name, expression], …]`. A malformed pair fails in its turn, after the pairs before it have been evaluated. */
export function pairBindings(
  pairs: readonly Json[],
  place: Place,
  call: RawCall,
  parser: Parser,
  expression: Parser['expression'],
): Binding[] {
  return pairs.map((pair, index) => {
    const at = placeInside(place, index);
    const [name, value] = isArray(pair) && pair.length === 2 ? pair : [];
    return typeof name === 'string' && value !== undefined
      ? { name, value: expression(value, placeInside(at, 1)), place: at }
      : malformed(pair, at, call, parser);
  });
}

/** Returns a fault for bindings in a form that the dialect does not allow. */
export function noBindings(script: Json, place: Place, expected: string, call: RawCall, parser: Parser): Binding[] {
  const problem = `'let' needs ${expected} as its bindings, got ${describe(script)}`;
  return [{ name: '', value: parser.fault({ ...call, arguments: [], place }, 'let-bindings', problem), place }];
}

function malformed(pair: Json, place: Place, call: RawCall, parser: Parser): Binding {
  const problem = `'let' needs each binding to be a [name, expression] pair, got ${describe(pair)}`;
  return { name: '', value: parser.fault({ ...call, arguments: [], place }, 'let-bindings', problem), place };
}
