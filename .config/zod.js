// Leaves zod's messages in languages other than English out of the bundle: they are half of the package, and no config asks for them.
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
