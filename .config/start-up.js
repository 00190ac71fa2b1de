// Makes the built CLI start fast. Node loads CommonJS in one go and takes V8's code cache with it, and ES modules neither
// way; so the bundle, which is split as ES modules, is turned into CommonJS, and what is loaded together becomes one file. What V8
// compiles is kept on the user's machine: `bin/keep-code.js`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { startFakes } from './fakes.js';

/** The providers that AI stages ask here, and a model that each has a price for. */
const MODELS = {
  openai: 'gpt-4o-mini',
  'openai-compatible': 'gpt-4o-mini',
  anthropic: 'claude-haiku-4-5',
  google: 'gemini-2.5-flash',
};

/** @param fakes by kind: the providers, which answer on this machine */
const configFor = (fakes) => `
server: { port: 0 }
ai_providers:
${Object.entries(fakes)
  .map(([kind, { url, apiKey }]) => `  ${kind}: { kind: ${kind}, base_url: "${url}", api_key: ${apiKey} }`)
  .join('\n')}
state_dir: ./state
pipelines:
  default: { stages: [{ filter: [">", [$input, /n], 0] }, { computo: [$input] }], outputs: [{ file: ./out.ndjson }], dead_letter: ./dead.ndjson }
${Object.entries(MODELS)
  .map(
    ([kind, model]) =>
      `  ${kind}: { stages: [{ ai: { providers: [${kind}], model: ${model}, prompt: 'Is \${/n} good?', max_tokens: 9, into: /a } }], outputs: [{ file: ./${kind}.ndjson }] }`,
  )
  .join('\n')}
`;

const EVENT = '{"n":1}\n';

/** What people run most, each kind of command once. */
const COMMANDS = [
  ['--help'],
  ['-e', '{/n}'],
  ['-e', '["obj", "n", ["$input", "/n"]]'],
  ['-e', '{/n}', '-o', './file.ndjson'],
  ['in.ndjson', '-e', '{/n}', '-o', './kept.ndjson', '--resume'],
  ['--resume'],
  ['check'],
  ['-p', 'openai', '--dry-run'],
  ['-p', 'openai'],
  ['cost'],
  ['journal', 'ls'],
  ['serve'],
  ['log', 'ls'],
  ['replay', '--since', '0'],
  ['-p', 'openai-compatible'],
  ['-p', 'anthropic'],
  ['-p', 'google'],
];

/** Files of all that the first commands load, each without what is in those before it. */
const PACKS = ['start.js', 'run.js'];

/** Larger ones are worth a file each: who needs another one of the same file would load them, too. */
const PACKED_BYTES_MAX = 32_768;

const IMPORT = 'const __import=require.import;';
/** Loaded when something of them is first asked for. */
const LATE_FILES = ['zod.js'];
const LATE = 'const __late=require.late;';
const OWN_URL = 'const __own={get url(){return require("node:url").pathToFileURL(__filename).href}};';

/**
 * Turns every chunk of a folder into CommonJS, in place, wrapped as the loader runs it.
 *
 * @param parts.worker the chunk that a worker thread begins with: worker.js loads it
 * @param parts.imports what names that begin with # are to code that runs there
 */
export async function toCommonJs(folder, { worker, imports }) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  await Promise.all(names.map((name) => convert(join(folder, name))));
  await writeFile(join(folder, 'package.json'), `${JSON.stringify({ type: 'commonjs', imports })}\n`);
  await writeFile(join(folder, 'worker.js'), `require('../bin/colloquium.js').load('${worker}');\n`);
}

async function convert(path) {
  const { code } = await transform(byValue(await readFile(path, 'utf8')), {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    define: { 'import.meta.url': '__own.url' },
    logLevel: 'error',
  });
  // A user's config, which may be an ES module, is imported by the loader: code that comes out of V8's cache can't import by
  // itself.
  const imported = code.replace(/\bimport\(/g, '__import(');
  const heads = Object.entries({ '__import(': IMPORT, '__late(': LATE, __own: OWN_URL });
  const head = heads.flatMap(([used, code]) => (imported.includes(used) ? [code] : []));
  await writeFile(path, inAscii(Module.wrap(head.join('') + imported)));
}

/**
 * Makes plain values of what a chunk takes from others and gives them. esbuild's getters would all be compiled, kept and called,
 * and what a chunk exports never changes once its last line has run.
 */
function byValue(code) {
  return (
    code
      .replace(/(?<=^|[;}\n])import ?\*as ([\w$]+) from"[.]\/([^"]+)";/g, (whole, name, file) =>
        LATE_FILES.includes(file) ? `var ${name}=__late("./${file}");` : whole,
      )
      .replace(/^(?:import[^"]*"[^"]*";)+/, (imports) =>
        imports.replace(/import(?:(\{[^}]*\})from)?("[.]\/[^"]+");/g, (_, names, id) =>
          names === undefined ? `require(${id});` : `var${names.replaceAll(' as ', ':')}=require(${id});`,
        ),
      )
      // esbuild would copy each member of what Node brings, and so load it.
      .replace(/(?<=^|[;}\n])import ?(?:\*as )?([\w$]+) from"(node:[^"]+)";/g, 'var $1=require("$2");')
      .replace(
        /export\{([^}]*)\};\s*$/,
        (_, names) => `module.exports={${names.replace(/([\w$]+) as ([\w$]+)/g, '$2:$1')}};`,
      )
      .replace(/export default ([^;]*);\s*$/, 'module.exports={default:$1};')
      .replace(/\bimport\(("[.]\/[^"]+")\)/g, 'Promise.resolve().then(()=>require($1))')
  );
}

/** esbuild leaves regular expressions as they are. One letter of theirs beyond ASCII would double the memory of all the text. */
function inAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Runs the commands, and puts the chunks that they load together into one file. */
export async function packTogether(bin, folder) {
  const { fakes, close } = await startFakes(Object.keys(MODELS));
  await inFolder(bin, configFor(fakes), (run) => pack(folder, 'colloquium.js', run));
  await close();
}

/** Writes down which files of a folder named dist a process reads. */
const SPY = String.raw`
const fs = require('node:fs');
const { readFileSync } = fs;
fs.readFileSync = (path, ...rest) => {
  const [, name] = /[\\/]dist[\\/]([^\\/]+[.]js)$/.exec(String(path)) ?? [];
  if (name !== undefined) fs.appendFileSync(process.env.LOADED, name + '\n');
  return readFileSync(path, ...rest);
};
`;

/** @param act gets a function that runs a command where no other has been run, and tells which chunks it loads */
async function inFolder(bin, config, act) {
  const cwd = await mkdtemp(join(tmpdir(), 'colloquium-build-'));
  await writeFile(join(cwd, 'colloquium.yaml'), config);
  await writeFile(join(cwd, 'in.ndjson'), EVENT);
  const [spy, loaded] = [join(cwd, 'spy.cjs'), join(cwd, 'loaded')];
  await writeFile(spy, SPY);
  const env = {
    ...process.env,
    HOME: cwd,
    NODE_OPTIONS: `--require=${spy}`,
    NODE_DISABLE_COMPILE_CACHE: '1',
    LOADED: loaded,
  };
  await act(async (args) => {
    await writeFile(loaded, '');
    await ended(spawn(process.execPath, [bin, ...args], { cwd, env }), args);
    return new Set((await readFile(loaded, 'utf8')).split('\n').filter((name) => name !== ''));
  });
  await rm(cwd, { recursive: true });
}

/**
 * To read many small files takes longer: there is one each for the first commands, and one for all that the same others load. The
 * chunk that everything begins with stays a file of its own.
 */
async function pack(folder, entry, run) {
  const homes = await homesOf(folder, run);
  homes.delete(entry);
  const members = new Map();
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.js'))) {
    const path = join(folder, name);
    const text = (await readFile(path, 'utf8')).replace(/"[.][/]([^"/]+)"/g, (id, chunk) =>
      homes.has(chunk) ? `"./${homes.get(chunk)}/${chunk}"` : id,
    );
    const home = homes.get(name);
    if (home === undefined) {
      await writeFile(path, text);
      continue;
    }
    members.set(home, [...(members.get(home) ?? []), `${JSON.stringify(name)}:${text.replace(/;\s*$/, '')}`]);
    await rm(path);
  }
  for (const [file, all] of members) await writeFile(join(folder, file), `({${all.join(',\n')}})`);
}

/** The file that each chunk belongs into, if any. */
async function homesOf(folder, run) {
  const loadedBy = new Map();
  for (const [index, args] of COMMANDS.entries()) {
    for (const name of await run(args)) loadedBy.set(name, [...(loadedBy.get(name) ?? []), index]);
  }
  const homes = new Map();
  for (const [name, indexes] of loadedBy) {
    const first = PACKS[indexes[0]];
    const { size } = await stat(join(folder, name));
    if (first !== undefined || size <= PACKED_BYTES_MAX) homes.set(name, first ?? `pack-${indexes.join('-')}.js`);
  }
  return homes;
}

/** Waits for a command to end well. A daemon is told to, once it listens. */
async function ended(child, args) {
  let said = '';
  let isTold = false;
  child.stdin.end(EVENT);
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
