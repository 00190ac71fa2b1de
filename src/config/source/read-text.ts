import { closeSync, createReadStream, fstatSync, openSync, readFileSync } from 'node:fs';
import { ConfigError, type Diagnostic } from '../diagnostic/index.js';

/** Configs and scripts are written by people; a larger file was given by mistake. */
export const FILE_BYTES_MAX = 16 * 1024 * 1024;

const BOM = 0xfeff;

/**
 * Reads a config or script file as UTF-8 text, without a byte order mark.
 *
 * @param blame makes the finding for a file that can't be read; by default it is placed at the file itself
 * @throws ConfigError (`file-not-found`, `file-unreadable`, `file-too-large`, `not-utf8`)
 */
export async function readText(path: string, blame: Blame = blameFile(path)): Promise<string> {
  return textOf(await readBytes(path, blame), path, blame);
}

/**
 * Like {@link readText}, for standard input. Findings name it `stdin`.
 *
 * @throws ConfigError
 */
export async function readStandardInput(): Promise<string> {
  return textOf(await readStream(0), 'stdin', blameFile('stdin'));
}

function textOf(bytes: Buffer, path: string, blame: Blame): string {
  if (bytes.length > FILE_BYTES_MAX) {
    throw new ConfigError([blame('file-too-large', `${path} is larger than ${FILE_BYTES_MAX / 1024 / 1024} MiB`)]);
  }
  const text = bytes.toString('utf8');
  if (text.includes('\ufffd') && !bytes.equals(Buffer.from(text, 'utf8'))) {
    throw new ConfigError([blame('not-utf8', `${path} is not UTF-8 text`, 'save it as UTF-8')]);
  }
  return text.charCodeAt(0) === BOM ? text.slice(1) : text;
}

/** Creates a finding at the place that asked for a file. */
export type Blame = (code: string, message: string, hint?: string) => Diagnostic;

/** Places findings at the start of the file itself. */
export function blameFile(file: string): Blame {
  return (code, message, hint) => ({
    file,
    line: 1,
    column: 1,
    severity: 'error',
    code,
    message,
    ...(hint !== undefined && { hint }),
  });
}

/** Synchronous if possible: for a thousand small files, passing each to another thread takes longer than reading it. */
async function readBytes(path: string, blame: Blame): Promise<Buffer> {
  try {
    const fd = openSync(path, 'r');
    try {
      const stat = fstatSync(fd);
      if (stat.size > FILE_BYTES_MAX) return Buffer.alloc(FILE_BYTES_MAX + 1);
      if (stat.isFile()) return readFileSync(fd);
      // The size of a pipe, such as a shell's <(…), is not known.
      return await readStream(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw new ConfigError([unreadable(path, error, blame)]);
  }
}

async function readStream(fd: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of createReadStream('', { fd, autoClose: false })) {
    if (!Buffer.isBuffer(chunk)) continue;
    chunks.push(chunk);
    total += chunk.length;
    if (total > FILE_BYTES_MAX) break;
  }
  return Buffer.concat(chunks, total);
}

function unreadable(path: string, error: unknown, blame: Blame): Diagnostic {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return blame('file-not-found', `no file ${path}`);
    case 'EISDIR':
      return blame('file-unreadable', `${path} is a folder, not a file`);
    case 'EACCES':
    case 'EPERM':
      return blame('file-unreadable', `no permission to read ${path}`);
    default:
      return blame('file-unreadable', `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
