// Keeps from every run that asks a model what the AI SDK loads to send requests and to read answers: here it only writes requests.
// Our own list of headers stands in place of the class Headers, with which Node would load all of its fetch.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const HEADERS = fileURLToPath(new URL('../src/ai/transport/header-list.ts', import.meta.url));

/** The SDK derives it from a class of web streams when it is loaded, and nothing makes one. */
const STREAM_READER = 'export class EventSourceParserStream {}';

/** In a way in which it is loaded late. */
const ZOD = /^import \{ z(?: as (\w+))? \} from "zod\/v4";/gm;

/** Of a tool that the vendor's own servers would run: the SDK defines all of them when it is loaded, and nothing makes one. */
const VENDORS_TOOL = /\binputSchema: z\d*\.object\(\{\}\)/g;

/** Checks the options that our wires give, by types that TypeScript has checked, and would load zod for it. */
const OPTIONS_CHECK = /await safeValidateTypes\(\{\s*value: (providerOptions\[provider\]),\s*schema\s*\}\)/;
const UNCHECKED = '{ success: true, value: $1 }';

/** An esbuild plugin. */
export const withoutFetch = {
  name: 'without-fetch',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@ai-sdk[\\/][^\\/]+[\\/]dist[\\/]index\.mjs$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (path.includes('provider-utils') && !OPTIONS_CHECK.test(source))
        throw new Error(`${path}: nothing is known of how it checks options`);
      const text = source
        .replace(OPTIONS_CHECK, UNCHECKED)
        .replace(VENDORS_TOOL, 'inputSchema: undefined')
        .replace(ZOD, (_, name) => `import * as ${name ?? 'z'} from 'zod';`);
      const own = `import { HeaderList as Headers } from ${JSON.stringify(HEADERS)};`;
      return { contents: text.includes('Headers') ? own + text : text, loader: 'js' };
    });
    onLoad({ filter: /[\\/]eventsource-parser[\\/]dist[\\/]stream\.js$/ }, () => ({
      contents: STREAM_READER,
      loader: 'js',
    }));
  },
};
