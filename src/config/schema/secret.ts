import * as z from 'zod';
import { Secret } from '../env/index.js';
import { path, text } from './fields.js';
import { alternatives, byKey, list, section } from './structures.js';

/** Where a secret comes from. It is read when it is needed, by `resolveSecret`. */
export type SecretRef =
  | { readonly kind: 'value'; readonly secret: Secret }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'command'; readonly command: string | readonly string[] };

/** The keys of the alternatives, in their order; text comes first and has none. */
const SECRET_KEYS = ['', 'file', 'command'];

/** A secret: text (best `${NAME}`), `{ file }` or `{ command }`. */
export function secret(words: string) {
  return alternatives(
    `${words}: text such as "\${NAME}", { file: … } or { command: … }`,
    [
      text('text that is not empty').transform((value): SecretRef => ({ kind: 'value', secret: new Secret(value) })),
      section({
        file: path().describe('Read from this file; a newline at its end is dropped.'),
      }).transform(({ file }): SecretRef => ({ kind: 'file', path: file })),
      section({
        command: alternatives(
          'a command line, or a list of a program and its arguments',
          [
            text('a command line'),
            list('texts, a program and its arguments', text('text')).min(1, { error: 'expected a program' }),
          ],
          (input) => (typeof input === 'string' ? 0 : Array.isArray(input) ? 1 : undefined),
        ).describe(
          'Read from the output of this command: a line for the shell, or a list of a program and its arguments.',
        ),
      }).transform(({ command }): SecretRef => ({ kind: 'command', command })),
    ],
    (input) => (typeof input === 'string' ? 0 : byKey(SECRET_KEYS)(input)),
    SECRET_KEYS.filter((key) => key !== ''),
  );
}

export const secretList = z.union([list('secrets', secret('a secret')), secret('a secret').transform((one) => [one])], {
  error: (issue) => `option ${Array.isArray(issue.input) ? 0 : 1}`,
});
