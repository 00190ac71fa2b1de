// Compiles AssemblyScript to WebAssembly as it is bundled: an import of `NAME.wasm` beside `NAME.ts` gives the module's bytes as base64.
import { basename, dirname, resolve } from 'node:path';
import asc from 'assemblyscript/asc';

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

/** Returns a JavaScript module. @throws Error with what the compiler says */
async function compiled(path) {
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
