import { compileArgument, countSteps, countUnits, textOf } from '../../compile/index.js';
import { objectShape, scalarShape } from '../../shape/index.js';
import { defineOperator, inBoth, invalidArgument, takes, value } from '../../syntax/index.js';
import { describe } from '../../value/index.js';
import { membersOf } from './members.js';
import { splitUrl } from './split.js';

const CHARACTERS_PER_STEP = 4;
const TEXT = { shape: scalarShape('string'), optional: false };
const TEXT_OR_NULL = { shape: scalarShape('string', 'null'), optional: false };
const PARTS = objectShape(
  new Map([
    ['scheme', TEXT],
    ['host', TEXT_OR_NULL],
    ['port', { shape: scalarShape('number', 'null'), optional: false }],
    ['path', TEXT_OR_NULL],
    ['query', { shape: objectShape(new Map(), true), optional: false }],
    ['fragment', TEXT_OR_NULL],
  ]),
  false,
);
const UNITS_PER_RESULT = 24;

export const parseUrl = defineOperator('url.parse', () => ({
  summary:
    'The parts of a URL, `{scheme, host, port, path, query, fragment}`: scheme and host in lower case, the port a number, the query as an object, as of `query.parse`. What is not there is null. A user and password are passed over.',
  signatures: inBoth(takes(value('text', 'string'))),
  returns: 'object',
  shape: () => PARTS,
  growth: 'text',
  work: ['text'],
  examples: [
    {
      script: ['url.parse', 'https://Example.org:8443/a%20b?tag=x&tag=y#top'],
      result: {
        scheme: 'https',
        host: 'example.org',
        port: 8443,
        path: '/a%20b',
        query: { tag: ['x', 'y'] },
        fragment: 'top',
      },
    },
    {
      script: ['url.parse', 'https://example.org'],
      result: { scheme: 'https', host: 'example.org', port: null, path: null, query: {}, fragment: null },
    },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    compiler.cost.units += UNITS_PER_RESULT;
    return (run, scope) => {
      const text = textOf(given(run, scope), call, 0);
      countSteps(run, Math.ceil(text.length / CHARACTERS_PER_STEP), call.place);
      countUnits(run, text.length, call.place);
      const parts = splitUrl(text);
      if (typeof parts === 'string') {
        throw invalidArgument(call.place, `'url.parse' needs an absolute URL, got ${describe(text)}: ${parts}`);
      }
      return { ...parts, query: membersOf(parts.query, run, call) };
    };
  },
}));
