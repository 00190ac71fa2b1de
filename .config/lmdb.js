// Makes the JavaScript of LMDB's package a part of the bundle: Node's loader takes longer to find and read it, file by file, than
// for all that a run with AI stages loads besides. What is installed of it is its native code alone, a package for each system, which
// our own package names as npm wants it: the rest would be 6 MB of what nothing loads.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the package finds its own folder: by the name that is in the package.json there, its loader finds the native code. */
const OWN_FOLDER = "dirname(fileURLToPath(import.meta.url)).replace(/dist$/, '')";
const FOLDER_IN_DIST = 'lmdb';
const FOLDER = `fileURLToPath(new URL('./${FOLDER_IN_DIST}/', import.meta.url))`;

const INSTEAD = {
  // It evaluates a text that names its variables, which only a CommonJS module can keep in a bundle.
  'ordered-binary': 'ordered-binary/dist/index.cjs',
  // The other one loads native code to decode what we never store: all our values are text.
  msgpackr: 'msgpackr/index.js',
};

/** An entry point of the bundle: a process that reads a table of keys to see whether it is whole loads nothing else. */
export const LMDB = { lmdb: 'lmdb' };

/** For a package.json in dist: what `#lmdb` is to code that runs there, as it is the package where the sources are. */
export const LMDB_IMPORTS = { '#lmdb': `./${FOLDER_IN_DIST}/index.js` };

const LOADED_FROM_OUTSIDE = "module.exports = require('../../bin/colloquium.js').load('lmdb.js');\n";

/** An esbuild plugin. */
export const withLmdb = {
  name: 'with-lmdb',
  setup({ initialOptions: { absWorkingDir, outdir }, onLoad, onResolve }) {
    onLoad({ filter: /[\\/]lmdb[\\/]native\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes(OWN_FOLDER)) throw new Error(`${path}: nothing is known of how it finds its native code`);
      const folder = join(absWorkingDir, outdir, FOLDER_IN_DIST);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'package.json'), '{"name":"lmdb","type":"commonjs"}\n');
      await writeFile(join(folder, 'index.js'), LOADED_FROM_OUTSIDE);
      return { contents: text.replace(OWN_FOLDER, FOLDER), loader: 'js' };
    });
    onResolve({ filter: new RegExp(`^(?:${Object.keys(INSTEAD).join('|')})$`) }, ({ path }) => ({
      path: fileURLToPath(new URL(`../node_modules/${INSTEAD[path]}`, import.meta.url)),
    }));
  },
};
