import { compileArgument, textOf } from '../../compile/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import { spendText } from '../../value/index.js';

export const trim = defineOperator('text.trim', () => ({
  summary: "The text without the white space at its ends, which is what Unicode's property White_Space says.",
  signatures: inBoth(takes(value('text', 'string'))),
  returns: 'string',
  growth: 'first',
  work: ['text'],
  examples: [{ script: ['text.trim', ' Ada \n'], result: 'Ada' }],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      run.at = call.place;
      spendText(run, text.length);
      return trimmed(text);
    };
  },
}));

function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** Unlike `String.prototype.trim`, includes U+0085, but not the byte order mark. */
function isWhiteSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  if (unit < 0x2000) return unit === 0x85 || unit === 0xa0 || unit === 0x1680;
  return unit <= 0x200a || unit === 0x2028 || unit === 0x2029 || unit === 0x202f || unit === 0x205f || unit === 0x3000;
}
