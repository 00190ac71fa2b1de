// Makes the price table cheap to load. As its package has it, V8 builds the objects of all models of all vendors at each start, for a
// look-up of one; here, the models of a vendor are a file, read when somebody asks for them.
import { deepStrictEqual } from 'node:assert';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const TABLE = /^const (\w+) = \[\n.*?^\](?=[,;])/ms;
/** Of each unit, all that it is a part of: a comparison of each with each, and most answers ask for none of them. */
const ANCESTORS = /new Set\(\s*(\[\.\.\.this\.#\w+\.values\(\)\]\.filter\([^;]*?\.usageKey\))\s*\)/;
const GOT_ANCESTORS = /(ancestorUsageKeys\(\w+\) \{[^]*?return new Set\(\w+)\)/;
/** Loads the collations of all languages, for names of units in ASCII. */
const COLLATED = /(\w+(?:\.\w+)?)\.localeCompare\((\w+(?:\.\w+)?)\)/g;

/** An esbuild plugin. */
export const withLazyPrices = {
  name: 'with-lazy-prices',
  setup({ initialOptions: { absWorkingDir, outdir }, onLoad }) {
    const folder = join(absWorkingDir, outdir, 'prices');
    onLoad({ filter: /[\\/]genai-prices[\\/]dist[\\/]index\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const name = TABLE.exec(text)?.[1];
      if (name === undefined) throw new Error(`${path}: the table is not where it was`);
      const { waitForUpdate } = await import('@pydantic/genai-prices');
      await mkdir(folder, { recursive: true });
      const vendors = await Promise.all((await waitForUpdate()).map((vendor) => inFile(vendor, folder)));
      const table = `${HEAD}\n${withModels.toString()}\nconst ${name} = [${vendors.join(',')}]`;
      if (!ANCESTORS.test(text) || !GOT_ANCESTORS.test(text))
        throw new Error(`${path}: the ancestors of units are not where they were`);
      const contents = text
        .replace(TABLE, () => table)
        .replace(ANCESTORS, '() => $1')
        .replace(GOT_ANCESTORS, '$1())')
        .replace(COLLATED, '($1 < $2 ? -1 : $1 > $2 ? 1 : 0)');
      return { contents, loader: 'js' };
    });
  },
};

const HEAD = "import { readFileSync as readPrices } from 'node:fs';";

/** Returns the code of a vendor. Nothing reads `extractors`: what answers have used, each wire knows. */
async function inFile({ models, extractors: _, ...vendor }, folder) {
  const text = JSON.stringify(models);
  deepStrictEqual(JSON.parse(text), models);
  if (!/^[\w-]+$/.test(vendor.id)) throw new Error(`${vendor.id}: a vendor's id is the name of a file`);
  await writeFile(join(folder, `${vendor.id}.json`), text);
  return `withModels(${JSON.stringify(vendor)})`;
}

/** Becomes a part of the bundle. */
function withModels(vendor) {
  let models;
  const read = () => JSON.parse(readPrices(new URL(`./prices/${vendor.id}.json`, import.meta.url), 'utf8'));
  return Object.defineProperty(vendor, 'models', { enumerable: true, get: () => (models ??= read()) });
}
