import { readToken, TokenFileError, tokenIds, type TokenRecord } from '../../server/access/index.js';
import { minuteText } from '../../world/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import type { TokenListFlags } from './flags.js';
import { print } from '../terminal/print.js';
import { table } from '../terminal/table.js';
import { onDisk } from '../exit/on-disk.js';
import { findTokens } from './find-tokens.js';
import { writeStderr } from '../terminal/stderr.js';

const COLUMNS = [
  { title: 'id', align: 'left' },
  { title: 'role', align: 'left' },
  { title: 'created', align: 'left' },
  { title: 'expires', align: 'left' },
  { title: 'name', align: 'left' },
] as const;

/** `colloquium token list`: lists tokens, oldest first. Exit code 74 if a file among them holds no token. */
export async function list(flags: TokenListFlags): Promise<ExitCode> {
  const folder = await findTokens(flags);
  const records: TokenRecord[] = [];
  let exit: ExitCode = EXIT.ok;
  for (const id of (await onDisk(() => tokenIds(folder))) ?? []) {
    try {
      const record = await readToken(folder, id);
      if (record !== undefined) records.push(record);
    } catch (error) {
      if (!(error instanceof TokenFileError)) throw error;
      writeStderr(`colloquium: ${error.message}\n`);
      exit = EXIT.dataError;
    }
  }
  records.sort((a, b) => a.created - b.created);
  await print(flags.format === 'json' ? json(records) : text(records));
  return exit;
}

function json(records: readonly TokenRecord[]): string {
  return records
    .map(({ id, role, name, created, expires }) => {
      const end = expires === undefined ? null : new Date(expires).toISOString();
      return `${JSON.stringify({ id, role, name, created: new Date(created).toISOString(), expires: end })}\n`;
    })
    .join('');
}

function text(records: readonly TokenRecord[]): string {
  const now = Date.now();
  const rows = records.map(({ id, role, name, created, expires }) => {
    const end = expires === undefined ? 'never' : expires <= now ? 'expired' : minuteText(expires);
    return [id, role, minuteText(created), end, name];
  });
  return rows.length === 0 ? '' : table(COLUMNS, rows);
}
