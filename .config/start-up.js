// Makes the built CLI start fast. Node loads CommonJS in one go and takes V8's code cache with it, and ES modules neither
// way; so the bundle, which is split as ES modules, is turned into CommonJS, run once, and what V8 compiled is kept.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transform } from 'esbuild';

/** Without a call to anybody: a dry run of an AI stage sends nothing. */
const CONFIG = `
server: { port: 0 }
ai_providers: { openai: { api_key: k, models: [m], cost_per_token: { input: 0.1, output: 0.1 } } }
state_dir: ./state
pipelines:
  default: { stages: [{ filter: [">", [$input, /n], 0] }, { computo: [$input] }], outputs: [{ file: ./out.ndjson }], dead_letter: ./dead.ndjson }
  ask: { stages: [{ ai: { request: [obj, model, m, messages, [[obj, role, user, content, a]]], into: /a } }], outputs: [{ file: ./asked.ndjson }] }
`;

/** Each makes a file of the chunks that it loads and those before it do not: to read many small ones takes longer. */
const PACKS = { 'start.js': ['--help'], 'run.js': ['-e', '{/n}'] };

const COMMANDS = [
  ...Object.values(PACKS),
  ['-e', '["obj", "n", ["$input", "/n"]]'],
  ['--resume'],
  ['check'],
  ['-p', 'ask', '--dry-run'],
  ['cost'],
  ['journal', 'ls'],
  ['serve'],
  ['log', 'ls'],
  ['replay', '--since', '0'],
];

const IMPORT = 'const __import=require.import;';
const OWN_URL = 'const __url=require("node:url").pathToFileURL(__filename).href;';

/**
 * Turns every chunk of a folder into CommonJS, in place, wrapped as the loader runs it.
 *
 * @param worker the chunk that a worker thread begins with: worker.js loads it
 */
export async function toCommonJs(folder, worker) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  await Promise.all(names.map((name) => convert(join(folder, name))));
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  await writeFile(join(folder, 'worker.js'), `require('../bin/colloquium.js').load('${worker}');\n`);
}

async function convert(path) {
  const { code } = await transform(await readFile(path, 'utf8'), {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    define: { 'import.meta.url': '__url' },
    logLevel: 'error',
  });
  const required = code.replace(/\bimport\(("\.\/[^"]+")\)/g, 'Promise.resolve().then(()=>require($1))');
  // Our own chunks are required. What is left, a user's config which may be an ES module, is imported by the loader: code
  // that comes out of V8's cache can't import by itself.
  const imported = required.replace(/\bimport\(/g, '__import(');
  const head = (imported.includes('__import(') ? IMPORT : '') + (imported.includes('__url') ? OWN_URL : '');
  await writeFile(path, inAscii(Module.wrap(head + imported)));
}

/** esbuild leaves regular expressions as they are. One letter of theirs beyond ASCII would double the memory of all the text. */
function inAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Puts the chunks that are loaded together into one file, and runs what people run most, each kind of command once, so that
 * the loader keeps what was compiled for it: what a run finds is there for it, and what it compiles besides is added. Another
 * version of V8 ignores all that.
 */
export async function keepCompiledCode(bin, folder) {
  const cwd = await mkdtemp(join(tmpdir(), 'colloquium-build-'));
  await writeFile(join(cwd, 'colloquium.yaml'), CONFIG);
  const env = { ...process.env, HOME: cwd, COLLOQUIUM_KEEP_CODE: '1' };
  const run = (args) => ended(spawn(process.execPath, [bin, ...args], { cwd, env }), args);
  await pack(folder, 'colloquium.js', run);
  for (const args of COMMANDS) await run(args);
  // What the others have added to the packs costs every start more than it saves them.
  for (const file of Object.keys(PACKS)) await rm(join(folder, 'code', `${file}.bin`));
  for (const args of Object.values(PACKS)) await run(args);
  await rm(cwd, { recursive: true });
}

/** What of a chunk's code is kept tells that it was loaded. The one that is begun with stays a file of its own. */
async function pack(folder, entry, run) {
  const code = join(folder, 'code');
  const homes = new Map();
  for (const [file, args] of Object.entries(PACKS)) {
    await run(args);
    const names = (await readdir(code)).map((name) => name.slice(0, -'.bin'.length)).sort();
    for (const name of names) if (name !== entry && !homes.has(name)) homes.set(name, file);
  }
  await rm(code, { recursive: true });
  const members = Object.fromEntries(Object.keys(PACKS).map((file) => [file, []]));
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.js'))) {
    const path = join(folder, name);
    const text = (await readFile(path, 'utf8')).replace(/"[.][/]([^"/]+)"/g, (id, chunk) =>
      homes.has(chunk) ? `"./${homes.get(chunk)}/${chunk}"` : id,
    );
    const home = homes.get(name);
    if (home === undefined) await writeFile(path, text);
    else {
      members[home].push(`${JSON.stringify(name)}:${text.replace(/;\s*$/, '')}`);
      await rm(path);
    }
  }
  for (const [file, all] of Object.entries(members)) await writeFile(join(folder, file), `({${all.join(',\n')}})`);
}

/** Waits for a command to end well. A daemon is told to, once it listens. */
async function ended(child, args) {
  let said = '';
  let isTold = false;
  child.stdin.end('{"n":1}\n');
  child.stdout.resume();
  child.stderr.on('data', (text) => {
    said += text;
    if (args[0] !== 'serve' || isTold || !said.includes('listening')) return;
    isTold = true;
    child.kill('SIGTERM');
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`colloquium ${args.join(' ')} ended with ${code}: ${said}`);
}
