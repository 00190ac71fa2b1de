// Makes the JavaScript of LMDB's package a part of the bundle: Node's loader takes longer to find and read it, file by file, than
// for all that a run with AI stages loads besides. Its native code stays where npm has installed it.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** How the package looks for its own folder, and how a chunk can. */
const OWN_FOLDER = "dirname(fileURLToPath(import.meta.url)).replace(/dist$/, '')";
/** Where npm mostly puts it. Node's search is left for the rest: it takes longer. */
const BESIDE = "fileURLToPath(new URL('../node_modules/lmdb/', import.meta.url))";
const INSTALLED_FOLDER = `(existsSync(${BESIDE}) ? ${BESIDE} : join(dirname(createRequire(import.meta.url).resolve('lmdb')), '..'))`;
const IMPORTS = "import { createRequire } from 'node:module';import { existsSync } from 'node:fs';";

const INSTEAD = {
  // It evaluates a text that names its variables, which only a CommonJS module can keep in a bundle.
  'ordered-binary': 'ordered-binary/dist/index.cjs',
  // The other one loads native code to decode what we never store: all our values are text.
  msgpackr: 'msgpackr/index.js',
};

/** An esbuild plugin. */
export const withLmdb = {
  name: 'with-lmdb',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /[\\/]lmdb[\\/]native\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes(OWN_FOLDER)) throw new Error(`${path}: nothing is known of how it finds its native code`);
      const contents = text.replace(OWN_FOLDER, INSTALLED_FOLDER);
      return { contents: IMPORTS + contents, loader: 'js' };
    });
    onResolve({ filter: new RegExp(`^(?:${Object.keys(INSTEAD).join('|')})$`) }, ({ path }) => ({
      path: fileURLToPath(new URL(`../node_modules/${INSTEAD[path]}`, import.meta.url)),
    }));
  },
};
