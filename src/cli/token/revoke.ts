import { revokeToken, tokenIds } from '../../server/access/index.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { TokenFlags } from './flags.js';
import { UserError } from '../user-error.js';
import { findTokens, onTokens } from './folder.js';
import { writeStderr } from '../run/stderr.js';

/** `colloquium token revoke`: takes away the one token whose id begins like this. */
export async function revoke(start: string, flags: TokenFlags): Promise<ExitCode> {
  const folder = await findTokens(flags);
  const ids = (await onTokens(() => tokenIds(folder))) ?? [];
  const [id, ...others] = ids.filter((one) => start !== '' && one.startsWith(start));
  if (id === undefined) throw new UserError('there is no such token', EXIT.usage, 'colloquium token list has them');
  if (others.length > 0) throw new UserError(`${others.length + 1} tokens begin with ${start}`, EXIT.usage);
  await onTokens(() => revokeToken(folder, id));
  writeStderr(`colloquium: token ${id} is revoked\n`);
  if (ids.length > 1) return EXIT.ok;
  writeStderr(`  it was the last: a daemon lets nobody in now, but by server.tokens\n`);
  writeStderr(`  hint: create another, or remove the folder ${folder} to ask for none\n`);
  return EXIT.ok;
}
