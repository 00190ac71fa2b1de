// Builds dist/ (the CLI, split so that each command loads only what it needs) and src/computo-js/dist/ (the package).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';
import { withoutFetch } from './ai-sdk.js';
import { withAssembly } from './assembly.js';
import { throughDoors } from './doors.js';
import { LIBRARIES, withLibraries } from './libraries.js';
import { LMDB, LMDB_IMPORTS, withLmdb } from './lmdb.js';
import { buildPage } from './page.js';
import { withLazyPrices } from './prices.js';
import { packTogether, toCommonJs } from './start-up.js';
import { withTokens } from './tokens.js';
import { withEnglish, withLateZod } from './zod.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What editors colour scripts by. */
const GRAMMAR = 'src/computo-js/text-form/computo.tmLanguage.json';

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  logLevel: 'warning',
};

await rm(`${root}.dist-next`, { recursive: true, force: true });
await Promise.all([
  build({
    ...shared,
    entryPoints: {
      colloquium: 'src/cli/main.ts',
      'worker-thread': 'src/pipeline/threads/worker.ts',
      ...LIBRARIES,
      ...LMDB,
      zod: 'zod',
    },
    outdir: '.dist-next',
    splitting: true,
    plugins: [
      withTokens,
      withLibraries,
      throughDoors,
      withAssembly,
      withLmdb,
      withLazyPrices,
      withEnglish,
      withLateZod,
      withoutFetch,
    ],
    // Everything behind one door becomes one chunk: the text form has its own, for whoever meets it.
    alias: { 'computo-js': './src/computo-js/engine.ts' },
    minifySyntax: true,
    minifyWhitespace: true,
    external: ['typescript'],
  }),
  buildPage(`${root}src/server/dashboard/page`, `${root}.dist-next/dashboard.html`),
  build({ ...shared, entryPoints: ['src/computo-js/index.ts'], outfile: 'src/computo-js/dist/index.js' }),
]);

declareTypes();
for (const folder of ['.dist-next', 'src/computo-js/dist'])
  await copyFile(`${root}${GRAMMAR}`, `${root}${folder}/${basename(GRAMMAR)}`);
await cp(`${root}src/cli/help`, `${root}.dist-next/help`, { recursive: true, filter: (path) => !path.endsWith('.ts') });
await toCommonJs(`${root}.dist-next`, { worker: 'worker-thread.js', imports: LMDB_IMPORTS });

// Only a build that succeeded takes the place of the last one, whole: chunks of two builds never meet.
await rm(`${root}dist`, { recursive: true, force: true });
await rename(`${root}.dist-next`, `${root}dist`);
await packTogether(`${root}bin/colloquium.js`, `${root}dist`);
await writeFile(`${root}dist/id`, `${await idOf(`${root}dist`)}\n`);
await writeManPage();

/** Names a build by all that it made: compiled code is kept for just that. */
async function idOf(folder) {
  const hash = createHash('sha256');
  for (const { name } of (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile())) {
    hash.update(`${name}\n`).update(await readFile(`${folder}/${name}`));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Writes `man colloquium`: what the commands say of themselves, and the guides. */
async function writeManPage() {
  const page = execFileSync(process.execPath, [`${root}bin/colloquium.js`, 'help', '--man']);
  await mkdir(`${root}dist/man`, { recursive: true });
  await writeFile(`${root}dist/man/colloquium.1`, page);
}

/** Writes the declarations of computo-js beside its bundle, so that a plain `import` of the package is typed. */
function declareTypes() {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram([`${root}src/computo-js/index.ts`], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: `${root}src/computo-js`,
    outDir: `${root}src/computo-js/dist`,
    types: [],
  });
  const { diagnostics } = program.emit();
  if (diagnostics.length > 0)
    throw new Error(
      ts.formatDiagnostics(diagnostics, {
        getCanonicalFileName: (f) => f,
        getCurrentDirectory: () => root,
        getNewLine: () => '\n',
      }),
    );
}
