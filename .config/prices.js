// Makes the price table cheap to load. As its package has it, V8 builds the objects of all models of all vendors at each start, for a
// look-up of one; here, the models of a vendor are a text until somebody asks for them.
import { deepStrictEqual } from 'node:assert';
import { readFile } from 'node:fs/promises';

const TABLE = /^const (\w+) = \[\n.*?^\](?=[,;])/ms;
/** Loads the collations of all languages, for names of units in ASCII. */
const COLLATED = /(\w+(?:\.\w+)?)\.localeCompare\((\w+(?:\.\w+)?)\)/g;

/** An esbuild plugin. */
export const withLazyPrices = {
  name: 'with-lazy-prices',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]genai-prices[\\/]dist[\\/]index\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const name = TABLE.exec(text)?.[1];
      if (name === undefined) throw new Error(`${path}: the table is not where it was`);
      const { waitForUpdate } = await import('@pydantic/genai-prices');
      const vendors = (await waitForUpdate()).map(lazily).join(',');
      const contents = text
        .replace(TABLE, () => `${withModels.toString()}\nconst ${name} = [${vendors}]`)
        .replace(COLLATED, '($1 < $2 ? -1 : $1 > $2 ? 1 : 0)');
      return { contents, loader: 'js' };
    });
  },
};

/** The code of a vendor. Nothing reads `extractors`: what answers have used, each wire knows. */
function lazily({ models, extractors: _, ...vendor }) {
  const text = JSON.stringify(models);
  deepStrictEqual(JSON.parse(text), models);
  return `withModels(${JSON.stringify(vendor)}, ${JSON.stringify(text)})`;
}

/** Becomes a part of the bundle. */
function withModels(vendor, text) {
  let models;
  return Object.defineProperty(vendor, 'models', { enumerable: true, get: () => (models ??= JSON.parse(text)) });
}
