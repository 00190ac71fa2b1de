import { excessOf, type JsonBounds } from '../../json/index.js';

/** No answer of a model comes near either: beyond them, reading it would keep everything else waiting. */
const BOUNDS: JsonBounds = { depthMax: 200, valuesMax: 100_000 };

/** Why an answer's JSON is too much to be parsed, for a person; undefined where it is not. Goes over the text once. */
export function tooMuch(text: string): string | undefined {
  switch (excessOf(text, BOUNDS)) {
    case 'depthMax':
      return `the answer is nested more than ${BOUNDS.depthMax} levels deep`;
    case 'valuesMax':
      return `the answer has more than ${BOUNDS.valuesMax} JSON values`;
    case undefined:
      return undefined;
  }
}
