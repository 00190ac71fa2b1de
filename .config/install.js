// Packs the project and installs the pack into a folder of its own, as people do: the tests of the program run what they get, and
// not what lies around here.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What npm says when it can't reach its registry, and has not kept what it asks for. */
const UNREACHABLE = /\b(?:ENOTCACHED|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT)\b/;

/** Earlier installations that are left alone. */
const KEPT = 2;

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where the program is installed, for the tests: `bin/colloquium` in that folder is what people start. */
export default function begin() {
  const cache = cacheFolder();
  const folder = join(cache, fingerprint());
  if (!existsSync(folder)) {
    // Once for each build: most runs of the tests are of a few files, again and again.
    forgetOldOnes(cache);
    const next = mkdtempSync(`${folder}-`);
    install(next);
    takePlace(next, folder);
  }
  process.env.COLLOQUIUM_INSTALLED = folder;
}

/** Another run of the tests may have installed the same build meanwhile: then its folder is used. */
function takePlace(next, folder) {
  try {
    renameSync(next, folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
    rmSync(next, { recursive: true, force: true });
  }
}

/** Not within the project: there the program would find packages that nobody has installed for it. */
function cacheFolder() {
  const { uid, username } = userInfo();
  const place = createHash('sha256').update(root).digest('hex').slice(0, 8);
  const folder = join(tmpdir(), `colloquium-installed-${username}-${place}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (statSync(folder).uid !== uid) throw new Error(`${folder} is somebody else's`);
  return folder;
}

/** Another run may still be testing the last one. */
function forgetOldOnes(cache) {
  const folders = readdirSync(cache).map((name) => join(cache, name));
  const newestFirst = folders.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const folder of newestFirst.slice(KEPT)) rmSync(folder, { recursive: true, force: true });
}

/** Of all that is packed and does something. */
function fingerprint() {
  const hash = createHash('sha256');
  const files = ['bin', 'dist', 'dist/help', 'dist/man'].flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => `${folder}/${name}`),
  );
  for (const file of ['package.json', ...files]) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

function install(folder) {
  const pack = join(folder, run('npm', 'pack', '--silent', '--pack-destination', folder).trim());
  try {
    run('npm', 'install', '--global', '--prefix', folder, '--prefer-offline', '--fetch-retries=0', pack);
  } catch (error) {
    if (!UNREACHABLE.test(error.message)) throw error;
    process.stderr.write(
      "npm's registry can't be reached: the tests go on with the packages that are installed here\n",
    );
    unpack(pack, folder);
  }
}

/** Does what npm would do, but for the dependencies, which are linked. */
function unpack(pack, folder) {
  const home = join(folder, 'lib/node_modules/colloquium');
  const manual = join(folder, 'share/man/man1');
  for (const path of [join(home, 'node_modules'), join(folder, 'bin'), manual]) mkdirSync(path, { recursive: true });
  run('tar', '-xzf', pack, '-C', home, '--strip-components=1');
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const name of Object.keys(optionalDependencies)) {
    const path = join(root, 'node_modules', name);
    // Each is for one system.
    if (!existsSync(path)) continue;
    mkdirSync(dirname(join(home, 'node_modules', name)), { recursive: true });
    symlinkSync(path, join(home, 'node_modules', name));
  }
  symlinkSync('../lib/node_modules/colloquium/bin/colloquium.js', join(folder, 'bin/colloquium'));
  symlinkSync('../../../lib/node_modules/colloquium/dist/man/colloquium.1', join(manual, 'colloquium.1'));
}

function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${error?.message ?? stderr}`);
  return stdout;
}
