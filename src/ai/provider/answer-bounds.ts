import { excessOf, type JsonBounds } from '../../json/index.js';

/** No model's answer comes near these bounds: parsing a larger one would block everything else. */
const BOUNDS: JsonBounds = { depthMax: 200, valuesMax: 100_000 };

/** Why an answer's JSON is too large to be parsed, for people; undefined when it is not. Scans the text once. */
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
