import { compileArgument, countUnits, textOf } from '../../compile/index.js';
import { defineOperator, inBoth, invalidArgument, takes, value } from '../../syntax/index.js';
import { describe, spendText } from '../../value/index.js';

/** Matches both alphabets. */
const BASE64 = /^([A-Za-z0-9+/_-]*)(={0,2})$/;
const CHARACTERS_PER_GROUP = 4;

let utf8: InstanceType<typeof TextDecoder> | undefined;

export const decode = defineOperator('base64.decode', () => ({
  summary: 'The text whose UTF-8 the base64 stands for. The URL-safe alphabet and missing padding are read too.',
  signatures: inBoth(takes(value('text', 'string'))),
  returns: 'string',
  growth: 'text',
  work: ['text'],
  examples: [
    { script: ['base64.decode', 'aGk='], result: 'hi' },
    { script: ['base64.decode', 'Pz8-Pg'], result: '??>>' },
  ],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      run.at = call.place;
      spendText(run, text.length);
      countUnits(run, text.length, call.place);
      const bytes = bytesOf(text);
      const decoded = bytes === undefined ? undefined : decodeUtf8(bytes);
      if (decoded !== undefined) return decoded;
      const expected = bytes === undefined ? 'base64' : 'base64 of valid UTF-8';
      throw invalidArgument(call.place, `'base64.decode' needs ${expected}, got ${describe(text)}`);
    };
  },
}));

/** @returns undefined if the text is not valid base64 */
function bytesOf(text: string): Uint8Array | undefined {
  const [whole, characters = '', padding = ''] = BASE64.exec(text) ?? [];
  if (whole === undefined || characters.length % CHARACTERS_PER_GROUP === 1) return undefined;
  if (padding !== '' && whole.length % CHARACTERS_PER_GROUP !== 0) return undefined;
  return Buffer.from(characters, 'base64');
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    utf8 ??= new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
