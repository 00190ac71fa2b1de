// `npm run bench`: builds the product and the benchmarks, and runs them. Options: see main.ts.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { withAssembly } from '../.config/assembly.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = `${root}.bench/main.mjs`;

mkdirSync(`${root}.bench`, { recursive: true });
execFileSync(process.execPath, [`${root}.config/build.js`], { stdio: 'inherit' });
await build({
  absWorkingDir: root,
  entryPoints: ['bench/main.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // Not ESM all the way down: it is loaded as it is.
  external: ['@nats-io/*'],
  plugins: [withAssembly],
  minifySyntax: true,
  logLevel: 'warning',
});
const { main } = await import(pathToFileURL(bundle).href);
await main(root, process.argv.slice(2));
