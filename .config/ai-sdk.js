// Keeps from every run that asks a model what the AI SDK loads to send requests and to read answers: here it only writes requests.
// Our own list of headers stands in place of the class Headers, with which Node would load all of its fetch.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const HEADERS = fileURLToPath(new URL('../src/ai/transport/header-list.ts', import.meta.url));

/** The SDK derives it from a class of web streams when it is loaded, and nothing makes one. */
const STREAM_READER = 'export class EventSourceParserStream {}';

/** An esbuild plugin. */
export const withoutFetch = {
  name: 'without-fetch',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@ai-sdk[\\/][^\\/]+[\\/]dist[\\/]index\.mjs$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const own = `import { HeaderList as Headers } from ${JSON.stringify(HEADERS)};`;
      return { contents: text.includes('Headers') ? own + text : text, loader: 'js' };
    });
    onLoad({ filter: /[\\/]eventsource-parser[\\/]dist[\\/]stream\.js$/ }, () => ({
      contents: STREAM_READER,
      loader: 'js',
    }));
  },
};
