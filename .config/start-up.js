// Makes the built CLI start fast. Node loads CommonJS in one go and takes V8's code cache with it, and ES modules neither
// way; so the bundle, which is split as ES modules, is turned into CommonJS, run once, and what V8 compiled is kept.
import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from 'esbuild';

const IMPORT = 'const __import=require.import??((id)=>import(id));';

/** Turns every chunk of a folder into CommonJS, in place. */
export async function toCommonJs(folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  await Promise.all(names.map((name) => convert(join(folder, name))));
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}\n');
}

async function convert(path) {
  const { code } = await transform(await readFile(path, 'utf8'), {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    define: { 'import.meta.url': '__url' },
    banner: 'const __url=require("node:url").pathToFileURL(__filename).href;',
    logLevel: 'error',
  });
  const required = code.replace(/\bimport\(("\.\/[^"]+")\)/g, 'Promise.resolve().then(()=>require($1))');
  // Our own chunks are required. What is left, a user's config which may be an ES module, is imported by the loader: code
  // that comes out of V8's cache can't import by itself.
  await writeFile(path, IMPORT + required.replace(/\bimport\(/g, '__import('));
}

/** Runs what people run most, so that the loader keeps what was compiled for it. Another version of V8 ignores that. */
export function keepCompiledCode(bin) {
  const run = (args, input) =>
    execFileSync(process.execPath, [bin, ...args], {
      input,
      env: { ...process.env, COLLOQUIUM_KEEP_CODE: '1' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  run(['--help'], '');
  run(['-e', '["obj", "n", ["$input", "/n"]]'], '{"n":1}\n');
}
