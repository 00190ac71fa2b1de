import { dirname } from 'node:path';
import { keepOutOfGit } from '../../jobs/index.js';
import { createToken, ROLES } from '../../server/access/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import type { CreateFlags } from './flags.js';
import { print } from '../terminal/print.js';
import { onDisk } from '../exit/on-disk.js';
import { findTokens } from './find-tokens.js';
import { writeStderr } from '../terminal/stderr.js';

/** `colloquium token create`: prints the token on stdout, and everything else on stderr. */
export async function create(flags: CreateFlags): Promise<ExitCode> {
  const folder = await findTokens(flags);
  const role = ROLES.find((one) => one === flags.role) ?? 'ingest';
  const created = Date.now();
  const expires = flags.expires === undefined ? undefined : created + flags.expires;
  const { id, text } = await onDisk(async () => {
    const made = await createToken(folder, {
      name: flags.name ?? '',
      role,
      created,
      ...(expires !== undefined && { expires }),
    });
    keepOutOfGit(dirname(folder));
    return made;
  });
  await print(`${text}\n`);
  const until = expires === undefined ? '' : `, valid until ${new Date(expires).toISOString()}`;
  writeStderr(`colloquium: token ${id} with the role ${role}${until}; it is not shown again\n`);
  return EXIT.ok;
}
