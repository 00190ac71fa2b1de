import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComputoError, execute } from 'computo-js';
import { runs } from '../../support/runs.js';

const encode = (text: string): unknown => execute(['base64.encode', ['$input']], [text]);
const decode = (text: string): unknown => execute(['base64.decode', ['$input']], [text]);

describe('base64', () => {
  it('comes back as the text that it was made of, also without padding and in the URL-safe alphabet', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = Buffer.from(text, 'utf8');
        expect(encode(text)).toBe(bytes.toString('base64'));
        expect(decode(bytes.toString('base64'))).toBe(text);
        expect(decode(bytes.toString('base64').replaceAll('=', ''))).toBe(text);
        expect(decode(bytes.toString('base64url'))).toBe(text);
      }),
      { numRuns: runs(100) },
    );
  });

  it('keeps a byte order mark', () => {
    expect(decode('77u/YQ==')).toBe('\ufeffa');
  });

  it.each([' aGk=', 'aGk=\n', 'aG k=', 'aGk==', 'YQ=', 'YQ===', 'YWI==', '=', '====', 'a', 'aaaaa', 'aGk.', 'ａ'])(
    'is not %j',
    (text) => {
      expect(() => decode(text)).toThrow("'base64.decode' needs base64, got");
    },
  );

  it.each(['/w==', 'gA', '7aC9'])('stands for no text where its bytes are not UTF-8: %s', (text) => {
    expect(() => decode(text)).toThrow("'base64.decode' needs base64 of valid UTF-8, got");
    expect(() => decode(text)).toThrow(ComputoError);
  });

  it('has nothing for a surrogate that stands alone but the sign for that', () => {
    expect(decode(String(encode('a\ud83d')))).toBe('a\ufffd');
  });
});
