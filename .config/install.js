// Packs the project and installs the pack into an empty folder, as people do: the tests of the program run what they get, and
// not what lies around here.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What npm says when it can't reach its registry, and has not kept what it asks for. */
const UNREACHABLE = /\b(?:ENOTCACHED|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT)\b/;

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where the program is installed, for the tests: `bin/colloquium` in that folder is what people start. */
export default function begin() {
  const folder = mkdtempSync(join(tmpdir(), 'installed-'));
  const pack = join(folder, run('npm', 'pack', '--silent', '--pack-destination', folder).trim());
  try {
    run('npm', 'install', '--global', '--prefix', folder, '--prefer-offline', '--fetch-retries=0', pack);
  } catch (error) {
    if (!UNREACHABLE.test(error.message)) throw error;
    process.stderr.write("npm's registry can't be reached: the tests go on with the lmdb that is installed here\n");
    unpack(pack, folder);
  }
  process.env.COLLOQUIUM_INSTALLED = folder;
}

/** Does what npm would do, but for the one dependency, which is linked. */
function unpack(pack, folder) {
  const home = join(folder, 'lib/node_modules/colloquium');
  for (const path of [join(home, 'node_modules'), join(folder, 'bin')]) mkdirSync(path, { recursive: true });
  run('tar', '-xzf', pack, '-C', home, '--strip-components=1');
  symlinkSync(join(root, 'node_modules/lmdb'), join(home, 'node_modules/lmdb'));
  symlinkSync(join(home, 'bin/colloquium.js'), join(folder, 'bin/colloquium'));
}

function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${error?.message ?? stderr}`);
  return stdout;
}
