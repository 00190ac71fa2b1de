// Leaves zod's messages in languages other than English out of the bundle: they are half of the package, and no config asks for them.
// What is left is loaded when something of it is first asked for, which most runs never do.
import { dirname } from 'node:path';

/** An esbuild plugin. */
export const withEnglish = {
  name: 'with-english',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: dirname(path),
      loader: 'js',
    }));
  },
};

/** An esbuild plugin. All import the entry of zod, a file of its own: see `LATE_FILES` in start-up.js. */
export const withLateZod = {
  name: 'with-late-zod',
  setup({ onResolve }) {
    onResolve({ filter: /^zod(?:\/v4)?$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: './zod.js', external: true, sideEffects: false },
    );
  },
};
