import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { nearest, suggestion } from '../../config/diagnostic/index.js';
import { hasCode } from '../../files/index.js';
import { SinkError } from '../../sinks/index.js';
import type { SourceError } from '../../sources/index.js';

/** What to do about an input or output that can't be opened, read or written; undefined where the error says it all. */
export function nextStep(error: SourceError | SinkError): string | undefined {
  const { cause } = error;
  if (hasCode(cause, 'ENOSPC', 'EDQUOT')) return 'make room there, and run it again';
  if (error instanceof SinkError) {
    return hasCode(cause, 'EISDIR') ? `name a file in it: ${join(error.sink, 'out.ndjson')}` : undefined;
  }
  const { source } = error;
  if (hasCode(cause, 'EISDIR'))
    return source === 'stdin'
      ? 'name its files, or cat them into the pipe'
      : `name its files: ${join(source, '*.ndjson')}`;
  if (hasCode(cause, 'ENOENT')) {
    const near = nearest(basename(source), namesIn(dirname(source)));
    if (near !== undefined) return suggestion(join(dirname(source), near));
    return scriptHint(source) ?? `it is looked for in ${resolve(dirname(source))}`;
  }
  return hasCode(cause, 'EACCES') ? `ls -l ${source} shows who may read it` : undefined;
}

/** Whoever knows jq writes the script before the files. @returns undefined for what is no script */
export function scriptHint(word: string): string | undefined {
  const isPath = /^\.{0,2}\//.test(word) && !/[\s(){}|>]/.test(word) && existsSync(dirname(dirname(word)));
  const isScript = !isPath && /^(?:[.{[($/]|\w+\()/.test(word);
  return isScript ? 'a script stands behind -e: colloquium -e SCRIPT FILE …; a field is /user/name' : undefined;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
