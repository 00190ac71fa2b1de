import { resolve } from 'node:path';
import { loadScriptFile, parseInlineScript, type ScriptSource } from '../../config/script/index.js';
import { readStandardInput } from '../../config/source/index.js';

/**
 * The script of a file, or of standard input, which is JSON if it can be, else text.
 *
 * @throws ConfigError
 */
export async function readScript(file: string | undefined): Promise<ScriptSource> {
  if (file === undefined || file === '-') return await parseInlineScript(await readStandardInput(), 'stdin');
  return await loadScriptFile(resolve(file));
}
