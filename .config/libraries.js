// Makes a chunk of each library that scripts use now and then: `src/computo-js/operators/libraries.ts` loads it when a script needs it,
// as it loads the package where computo-js is installed by itself.
import { readFile } from 'node:fs/promises';

const NAMES = ['re2js', 'temporal-polyfill'];

/** Entry points of the bundle, by the name of their chunk. */
export const LIBRARIES = Object.fromEntries(NAMES.map((name) => [name, name]));

/** An esbuild plugin. It goes before those that load sources. */
export const withLibraries = {
  name: 'with-libraries',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /[\\/]computo-js[\\/]operators[\\/]libraries\.ts$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      for (const name of NAMES) {
        const call = `requireLibrary('${name}')`;
        if (!contents.includes(call)) throw new Error(`${path}: nothing is known of how it loads ${name}`);
        contents = contents.replace(call, `require('./${name}.js')`);
      }
      return { contents, loader: 'ts' };
    });
    onResolve({ filter: new RegExp(`^\\./(?:${NAMES.join('|')})\\.js$`) }, ({ path, importer }) =>
      importer.endsWith('libraries.ts') ? { path, external: true } : undefined,
    );
  },
};
