import { excessOf, type JsonBounds } from '../../json/index.js';

/** No model's answer comes near these bounds: parsing a larger one would block everything else. */
const BOUNDS: JsonBounds = { depthMax: 200, valuesMax: 100_000 };
/** Vectors of a hundred texts, and of more dimensions than any model has. */
const BOUNDS_OF_VECTORS: JsonBounds = { ...BOUNDS, valuesMax: 1_000_000 };

/** Why an answer's JSON is too large to be parsed, for people; undefined when it is not. Scans the text once. */
export function tooMuch(text: string, holdsVectors = false): string | undefined {
  const bounds = holdsVectors ? BOUNDS_OF_VECTORS : BOUNDS;
  switch (excessOf(text, bounds)) {
    case 'depthMax':
      return `the answer is nested more than ${bounds.depthMax} levels deep`;
    case 'valuesMax':
      return `the answer has more than ${bounds.valuesMax} JSON values`;
    case undefined:
      return undefined;
  }
}
