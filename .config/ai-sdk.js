// Gives the AI SDK our own list of headers in place of the class Headers, with which Node would load all of its fetch for every run
// that asks a model: requests are sent by Node's HTTP client.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const HEADERS = fileURLToPath(new URL('../src/ai/transport/header-list.ts', import.meta.url));

/** An esbuild plugin. */
export const withoutFetch = {
  name: 'without-fetch',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@ai-sdk[\\/][^\\/]+[\\/]dist[\\/]index\.mjs$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const own = `import { HeaderList as Headers } from ${JSON.stringify(HEADERS)};`;
      return { contents: text.includes('Headers') ? own + text : text, loader: 'js' };
    });
  },
};
