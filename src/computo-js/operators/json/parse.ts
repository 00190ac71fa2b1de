import { compileArgument, countSteps, textOf, type Run } from '../../compile/index.js';
import { JsonDepthError, JsonSyntaxError, parseExactly } from '../../json-text/index.js';
import { defineOperator, inBoth, invalidArgument, limitExceeded, takes, value, type Call } from '../../syntax/index.js';
import type { Json } from '../../value/index.js';

/** The default depth limit for the lines of a stream. */
const DEPTH_MAX = 1000;
const CHARACTERS_PER_STEP = 4;

export const parse = defineOperator('json.parse', () => ({
  summary: 'The value that a JSON text stands for. Numbers keep all their digits, objects the order of their keys.',
  signatures: inBoth(takes(value('text', 'string'))),
  growth: 'text',
  work: ['text'],
  examples: [
    { script: ['json.parse', '{"n":[1,2.5]}'], result: { n: [1, 2.5] } },
    { script: ['json.parse', ' "a\\u0062" '], result: 'ab' },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const text = textOf(given(run, scope), call, 0);
      countSteps(run, Math.ceil(text.length / CHARACTERS_PER_STEP), call.place);
      return read(text, call, run);
    };
  },
}));

function read(text: string, call: Call, run: Run): Json {
  run.at = call.place;
  try {
    return parseExactly(text, DEPTH_MAX, run);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const problem = `'json.parse' needs JSON: ${error.problem} at ${placeIn(text, error.offset)}`;
    if (error instanceof JsonDepthError) throw limitExceeded(call.place, problem);
    throw invalidArgument(call.place, problem);
  }
}

/** Lines and columns count from 1, columns in UTF-16 code units. */
function placeIn(text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const column = `column ${offset - lineStart + 1}`;
  if (offset === 0 || lineStart === 0) return column;
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return `line ${line}, ${column}`;
}
