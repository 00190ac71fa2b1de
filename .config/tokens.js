// Keeps the tokens of the tokenizer as one file of bytes, read when tokens are counted. As JavaScript they are larger than all the
// rest, and V8 makes an object of each of the 200,000.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const NAME = 'o200k.bin';
const READER = /[\\/]request[\\/]read-tokens\.ts$/;

const CONTENTS = `
import { readFile } from 'node:fs/promises';
export const readTokens = async () => await readFile(new URL('./${NAME}', import.meta.url));
`;

/** An esbuild plugin. It goes before those that load sources. */
export const withTokens = {
  name: 'with-tokens',
  setup({ initialOptions: { absWorkingDir, outdir }, onLoad }) {
    onLoad({ filter: READER }, async ({ path }) => {
      const bytes = await tokensOf(path);
      await mkdir(join(absWorkingDir, outdir), { recursive: true });
      await writeFile(join(absWorkingDir, outdir, NAME), bytes);
      return { contents: CONTENTS, loader: 'js' };
    });
  },
};

/** What the sources read. */
async function tokensOf(path) {
  const options = { bundle: true, platform: 'node', format: 'esm', write: false, logLevel: 'error' };
  const { outputFiles } = await build({ ...options, entryPoints: [path] });
  const { readTokens } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  );
  return await readTokens();
}
