import { revokeToken, tokenIds } from '../../server/access/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import type { TokenFlags } from './flags.js';
import { UserError } from '../exit/user-error.js';
import { onDisk } from '../exit/on-disk.js';
import { findTokens } from './find-tokens.js';
import { writeStderr } from '../terminal/stderr.js';

/** `colloquium token revoke`: revokes the one token whose id starts with the given text. */
export async function revoke(start: string, flags: TokenFlags): Promise<ExitCode> {
  const folder = await findTokens(flags);
  const ids = (await onDisk(() => tokenIds(folder))) ?? [];
  const [id, ...others] = ids.filter((one) => start !== '' && one.startsWith(start));
  if (id === undefined) throw new UserError('there is no such token', EXIT.usage, 'colloquium token list has them');
  if (others.length > 0) throw new UserError(`${others.length + 1} tokens begin with ${start}`, EXIT.usage);
  await onDisk(() => revokeToken(folder, id));
  writeStderr(`colloquium: token ${id} is revoked\n`);
  if (ids.length > 1) return EXIT.ok;
  writeStderr(`  it was the last: a daemon lets nobody in now, but by server.tokens\n`);
  writeStderr(`  hint: create another, or remove the folder ${folder} to ask for none\n`);
  return EXIT.ok;
}
