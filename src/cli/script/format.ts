import { equal, type Json } from 'computo-js';
import { extname, resolve } from 'node:path';
import { parseText, printText } from '../../computo-js/text-form/index.js';
import { parseTextScript } from '../../config/script/index.js';
import { readStandardInput, readText } from '../../config/source/index.js';
import { replaceFile } from '../../files/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { print } from '../terminal/print.js';
import { writeStderr } from '../terminal/stderr.js';
import { UserError } from '../exit/user-error.js';

/** Columns per line. */
const WIDTH = 80;

/** The formatted text of a script. @throws Error if it would mean a different script, which is a bug in Colloquium */
export function printed(script: Json): string {
  const text = printText(script, WIDTH);
  if (!equal(parseText(text).script, script)) throw new Error(`the printed text means another script: ${text}`);
  return `${text}\n`;
}

/** A text before and after formatting. */
interface Formatted {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/**
 * `colloquium script fmt`: formats texts, in place or from standard input to standard output. If one of them can't be formatted,
 * none is written.
 *
 * @param check write nothing, and name the files that would change
 * @throws ConfigError for a text that is not a script; UserError for one with comments
 */
export async function formatScripts(files: readonly string[], check: boolean): Promise<ExitCode> {
  if (files.length === 0) return await formatStandardInput(check);
  const texts: Formatted[] = [];
  for (const file of files) {
    const found = await formatted(file, resolve(file), await readFile(file), check);
    if (found !== undefined && found.after !== found.before) texts.push(found);
  }
  if (check) return await reportUnformatted(texts);
  for (const { file, after } of texts) {
    await replaceFile(file, after);
    writeStderr(`colloquium: formatted ${file}\n`);
  }
  return EXIT.ok;
}

async function readFile(file: string): Promise<string> {
  if (extname(file).toLowerCase() !== '.computo') {
    const hint = `colloquium script to-text ${file} makes one of a script that is JSON`;
    throw new UserError(`${file} is no .computo file`, EXIT.usage, hint);
  }
  return await readText(resolve(file));
}

async function formatStandardInput(check: boolean): Promise<ExitCode> {
  const found = await formatted('stdin', 'stdin', await readStandardInput(), check);
  if (check) return await reportUnformatted(found === undefined || found.after === found.before ? [] : [found]);
  await print(found?.after ?? '');
  return EXIT.ok;
}

async function reportUnformatted(texts: readonly Formatted[]): Promise<ExitCode> {
  for (const { file } of texts) await print(`${file}\n`);
  return texts.length === 0 ? EXIT.ok : EXIT.invalid;
}

/** @returns undefined for a text to skip */
async function formatted(file: string, path: string, before: string, check: boolean): Promise<Formatted | undefined> {
  const { script, text } = await parseTextScript(file, path, before);
  const hasComments = text?.hasComments === true;
  if (hasComments && !check) {
    throw new UserError(`${file} has comments, which would be lost: nothing was written`, EXIT.usage);
  }
  if (hasComments) {
    writeStderr(`colloquium: ${file} has comments, and is skipped\n`);
    return undefined;
  }
  const shell = /^#!.*\n?/.exec(before)?.[0] ?? '';
  return { file, before, after: `${shell}${printed(script)}` };
}
