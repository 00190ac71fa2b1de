import { Secret } from '../env/index.js';
import { path, text } from './fields.js';
import { alternatives, byKey, list, section } from './structures.js';

/** Where a secret comes from. `resolveSecret` reads it when it is needed. */
export type SecretRef =
  | { readonly kind: 'value'; readonly secret: Secret }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'command'; readonly command: string | readonly string[] };

const SECRET_KEYS = ['file', 'command'];

/** A secret: text (preferably `${NAME}`), `{ file }` or `{ command }`. */
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
    (input) => {
      if (typeof input === 'string') return 0;
      const index = byKey(SECRET_KEYS)(input);
      return index === undefined ? undefined : index + 1;
    },
    SECRET_KEYS,
  );
}

/** One secret, or a list of them. */
export function secrets(words: string) {
  return alternatives(
    'a secret, or a list of secrets',
    [list('secrets', secret(words)), secret(words).transform((one) => [one])],
    (input) => (Array.isArray(input) ? 0 : 1),
  );
}
