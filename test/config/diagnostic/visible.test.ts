import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PLAIN, renderDiagnostic, visible } from '../../../src/config/diagnostic/index.js';

it.each([
  ['an escape sequence', '\u001b[2J\u001b]0;title\u0007', '\\u001b[2J\\u001b]0;title\\u0007'],
  ['a carriage return', 'all is well\rfailed', 'all is well\\u000dfailed'],
  ['DEL and C1', '\u007f\u009b31m\u0085', '\\u007f\\u009b31m\\u0085'],
  ['bidi', '\u202e\u2066\u200f\u061c', '\\u202e\\u2066\\u200f\\u061c'],
  ['no width', 'a\u200bb\u2060\ufeff\u00ad\u034f', 'a\\u200bb\\u2060\\ufeff\\u00ad\\u034f'],
  ['tags, which spell unseen', 'x\u{e0041}\u{e007f}', 'x\\udb40\\udc41\\udb40\\udc7f'],
  ['a selector beyond those of emoji', 'x\u{e0100}', 'x\\udb40\\udd00'],
  ['line separators', '\u2028\u2029', '\\u2028\\u2029'],
  ['half a character', '\ud83d', '\\ud83d'],
  ['text of any language', 'naïve Ωμέγα 日本語 עברית ❤️ 🎉\n\tx', 'naïve Ωμέγα 日本語 עברית ❤️ 🎉\n\tx'],
])('makes visible: %s', (_, text, shown) => {
  expect(visible(text)).toBe(shown);
});

it('keeps JSON the same JSON, and leaves nothing that a terminal acts on', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = visible(JSON.stringify({ [text]: text }));
      expect(JSON.parse(shown)).toEqual({ [text]: text });
      expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/);
    }),
    { numRuns: 1000 },
  );
});

it('is what findings are shown by, wherever the text is from', () => {
  const evil = 'x\u001b[31m\u202e';
  const related = [{ file: evil, line: 1, column: 1, message: evil }];
  const where = { file: evil, line: 1, column: 1, pointer: `/${evil}` };
  const shown = renderDiagnostic(
    { ...where, severity: 'error', code: 'cycle', message: evil, hint: evil, related },
    { palette: PLAIN },
  );
  expect(shown).not.toMatch(/[\u001b\u202e]/);
  expect(shown.match(/\\u001b/g)).toHaveLength(6);
});
