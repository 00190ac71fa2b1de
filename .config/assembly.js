// Compiles AssemblyScript to WebAssembly as it is bundled: an import of `NAME.wasm` beside `NAME.ts` gives the module's bytes as base64.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ASSEMBLY = /[\\/]assembly[\\/]\w+\.wasm$/;
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--use', 'abort='];

/** An esbuild plugin. */
export const withAssembly = {
  name: 'with-assembly',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: ASSEMBLY }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path),
      namespace: 'assembly',
    }));
    onLoad({ filter: ASSEMBLY, namespace: 'assembly' }, async ({ path }) => ({
      contents: await compiled(path),
      loader: 'js',
    }));
  },
};

/** A plugin of Vite, for tests, which run the sources. */
export const assemblyInTests = {
  name: 'with-assembly',
  enforce: 'pre',
  resolveId: (path, importer) =>
    ASSEMBLY.test(path) && importer !== undefined ? resolve(dirname(importer), path) : undefined,
  load: (path) => (ASSEMBLY.test(path) ? compiled(path) : undefined),
};

/** What was compiled before, by all that goes into it: the compiler takes seconds, and a build and each run of tests ask for the same. */
const KEPT = fileURLToPath(new URL('../node_modules/.cache/colloquium-assembly/', import.meta.url));

const COMPILER = new URL('../node_modules/assemblyscript/package.json', import.meta.url);

/** Returns a JavaScript module. @throws Error with what the compiler says */
async function compiled(path) {
  const file = join(KEPT, `${await fingerprint(dirname(path))}-${basename(path)}.js`);
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return kept;
  const text = await compile(path);
  await mkdir(KEPT, { recursive: true });
  const next = `${file}-${process.pid}`;
  await writeFile(next, text);
  await rename(next, file);
  return text;
}

async function fingerprint(folder) {
  const { version } = JSON.parse(await readFile(COMPILER, 'utf8'));
  const hash = createHash('sha256').update(JSON.stringify([version, OPTIONS]));
  for (const name of (await readdir(folder)).sort())
    hash.update(`${name}\n`).update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}

async function compile(path) {
  const { default: asc } = await import('assemblyscript/asc');
  let bytes;
  const source = basename(path).replace('.wasm', '.ts');
  const { error, stderr } = await asc.main([source, '--baseDir', dirname(path), '--outFile', 'out.wasm', ...OPTIONS], {
    writeFile(name, data) {
      if (name === 'out.wasm') bytes = data;
    },
  });
  if (error !== null || bytes === undefined)
    throw new Error(`AssemblyScript refuses ${path}: ${stderr.toString()}`, { cause: error });
  return `export default ${JSON.stringify(Buffer.from(bytes).toString('base64'))};`;
}
