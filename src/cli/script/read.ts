import { resolve } from 'node:path';
import { loadScriptFile, parseInlineScript, type ScriptSource } from '../../config/script/index.js';
import { readStandardInput } from '../../config/source/index.js';

/**
 * Reads the script in a file, or on standard input, which is JSON if it can be parsed as such, else text.
 *
 * @throws ConfigError
 */
export async function readScript(file: string | undefined): Promise<ScriptSource> {
  if (file === undefined || file === '-') return await parseInlineScript(await readStandardInput(), 'stdin');
  return await loadScriptFile(resolve(file));
}
