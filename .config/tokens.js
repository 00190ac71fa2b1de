// Keeps the tokens of the tokenizer as one compressed file, read when tokens are counted. As JavaScript they are larger than all the
// rest, and V8 makes an object of each of the 200,000.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';

const NAME = 'o200k.br';
/** The best level saves 6 % more, and takes the build 70 times as long. */
const QUALITY = 5;
const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_MAX_WINDOW_BITS } = constants;
const READER = /[\\/]request[\\/]read-tokens\.ts$/;

const CONTENTS = `
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
export const readTokens = async () => await promisify(brotliDecompress)(await readFile(new URL('./${NAME}', import.meta.url)));
`;

/** An esbuild plugin. It goes before those that load sources. */
export const withTokens = {
  name: 'with-tokens',
  setup({ initialOptions: { absWorkingDir, outdir }, onLoad }) {
    onLoad({ filter: READER }, async ({ path }) => {
      const bytes = await tokensOf(path);
      await mkdir(join(absWorkingDir, outdir), { recursive: true });
      const params = { [BROTLI_PARAM_QUALITY]: QUALITY, [BROTLI_PARAM_LGWIN]: BROTLI_MAX_WINDOW_BITS };
      await writeFile(join(absWorkingDir, outdir, NAME), brotliCompressSync(bytes, { params }));
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
