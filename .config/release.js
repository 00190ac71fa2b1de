// Makes a release ready: `npm run release -- --dry-run` goes through all of it and changes nothing, without the flag the
// commit is tagged at the end. What is released is what was tried: the pack is installed in a folder of its own, and run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { smoke } from './smoke.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
const isDryRun = values['dry-run'];

/** Runs a program of the machine. @returns what it prints */
function run(file, args, options = {}) {
  return execFileSync(file, args, { cwd: root, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'], ...options });
}

function refuse(problem, wayOut) {
  console.error(`release: ${problem}\n  ${wayOut}`);
  process.exit(1);
}

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const tag = `v${version}`;
const folder = mkdtempSync(join(tmpdir(), 'colloquium-release-'));
try {
  checkTree();
  checkChangelog();
  const pack = makePack();
  const program = install(pack);
  await tryOut(program);
  finish();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function checkTree() {
  const changes = run('git', ['status', '--porcelain']);
  if (changes !== '' && !isDryRun) refuse('there are changes that are not committed', 'Commit or stash them.');
  if (run('git', ['tag', '--list', tag]) !== '') {
    refuse(`${tag} exists already`, 'Raise the version: npm version --no-git-tag-version minor');
  }
  console.log(`version ${version}, tag ${tag}${changes === '' ? '' : ' (with changes that are not committed)'}`);
}

/** The version's own section: from its heading to the next. */
function checkChangelog() {
  const text = readFileSync(join(root, '.github/CHANGELOG.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${version}\n`) || part.startsWith(`${version} `));
  if (section === undefined || section.trim().split('\n').length < 2) {
    refuse(`.github/CHANGELOG.md says nothing of ${version}`, `Write a section "## ${version}".`);
  }
  console.log(`changelog: ${section.trim().split('\n').length - 1} lines`);
}

function makePack() {
  run('npm', ['run', '--silent', 'build']);
  const [{ filename, size, entryCount }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder]));
  console.log(`pack: ${filename}, ${entryCount} files, ${(size / 1024 / 1024).toFixed(1)} MB`);
  return join(folder, filename);
}

function install(pack) {
  const prefix = join(folder, 'installed');
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--global', '--prefix', prefix, pack]);
  return join(prefix, 'bin/colloquium');
}

async function tryOut(program) {
  const said = run(program, ['--version'], { cwd: folder }).trim();
  if (said !== version) refuse(`the installed program says that it is ${said}`, 'Build and pack again.');
  await smoke([process.execPath, program]);
  console.log(`the installed program says ${said}, and everyday commands do what they should`);
}

function finish() {
  if (isDryRun) {
    console.log('dry run: nothing is tagged');
    return;
  }
  run('git', ['tag', '--annotate', tag, '--message', `colloquium ${version}`]);
  console.log(`tagged ${tag}. To publish it: git push origin ${tag}, then npm publish`);
}
