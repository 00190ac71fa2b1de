import { compileArgument, textOf } from '../../compile/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import { membersOf } from './members.js';

export const parseQuery = defineOperator('query.parse', () => ({
  summary:
    'The parameters of a query string, as an object of texts: `+` is a blank, `%C3%A9` an é. A key without `=` has the value "", a repeated one a list of its values. A question mark in front is passed over.',
  signatures: inBoth(takes(value('text', 'string'))),
  returns: 'object',
  growth: 'text',
  work: ['text'],
  examples: [
    { script: ['query.parse', 'q=caf%C3%A9+au+lait&page=2'], result: { q: 'café au lait', page: '2' } },
    { script: ['query.parse', '?tag=a&tag=b&new'], result: { tag: ['a', 'b'], new: '' } },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const text = textOf(given(run, scope), call, 0);
      return membersOf(text.startsWith('?') ? text.slice(1) : text, run, call);
    };
  },
}));
