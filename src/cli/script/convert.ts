import { detectDialect } from 'computo-js';
import { stringifyJson } from '../../json/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { print } from '../terminal/print.js';
import { UserError } from '../exit/user-error.js';
import { printed } from './format.js';
import { readScript } from './read.js';

/**
 * `colloquium script to-json`: prints a script, in either form, as JSON on one line.
 *
 * @throws ConfigError
 */
export async function scriptToJson(file: string | undefined): Promise<ExitCode> {
  const { script } = await readScript(file);
  await print(`${stringifyJson(script)}\n`);
  return EXIT.ok;
}

/**
 * `colloquium script to-text`: prints a script, in either form, as text.
 *
 * @throws ConfigError; UserError for a script of the classic dialect
 */
export async function scriptToText(file: string | undefined): Promise<ExitCode> {
  const { script, text, name } = await readScript(file);
  const { dialect } = text === undefined ? detectDialect(script) : { dialect: 'current' };
  if (dialect === 'classic' || dialect === 'conflict') {
    const what = dialect === 'classic' ? 'is of the classic dialect' : 'mixes both dialects';
    const hint = 'the text form is of the current dialect: colloquium check tells where the script is not';
    throw new UserError(`${name} ${what}, and has no text`, EXIT.invalid, hint);
  }
  await print(outOfJson(printed(script)));
  return EXIT.ok;
}

/** A text that would be read as JSON with a different meaning, where both forms are allowed, gets parentheses. */
function outOfJson(printedText: string): string {
  if (!/^[[{]/.test(printedText)) return printedText;
  try {
    JSON.parse(printedText);
  } catch {
    return printedText;
  }
  return `(${printedText.trimEnd()})\n`;
}
