import { createRequire } from 'node:module';
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '../diagnostic/index.js';
import { blameFile } from '../source/index.js';

/**
 * Runs a JavaScript or TypeScript config and returns its default export (or module.exports).
 *
 * A file that changed since it was last imported is run again: its URL contains the time of its last change.
 *
 * @throws ConfigError (`script-failed`) if it can't be run
 */
export async function importConfig(path: string): Promise<unknown> {
  const blame = blameFile(path);
  const changed = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
  if (changed === undefined) throw new ConfigError([blame('file-not-found', `no file ${path}`)]);
  try {
    const exported =
      extname(path) === '.ts' ? await importTypeScript(path, changed) : await importJavaScript(path, changed);
    if (typeof exported !== 'function') return exported;
  } catch (error) {
    if (isMissingTypeScript(error)) {
      throw new ConfigError([
        blame(
          'script-failed',
          'a TypeScript config needs the package "typescript"',
          'npm install typescript where colloquium is (with -g if it is global), or write the config in YAML',
        ),
      ]);
    }
    const message = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new ConfigError([blame('script-failed', `running the config failed: ${message ?? ''}`)]);
  }
  throw new ConfigError([
    blame('invalid-value', 'the config exports a function', 'export the config itself as default'),
  ]);
}

async function importJavaScript(path: string, changed: number): Promise<unknown> {
  // CommonJS modules are cached by path, whatever the URL is.
  const { cache } = createRequire(import.meta.url);
  Reflect.deleteProperty(cache, path);
  const url = pathToFileURL(path);
  url.searchParams.set('changed', String(changed));
  const module: unknown = await import(url.href);
  return defaultOf(module);
}

async function importTypeScript(path: string, changed: number): Promise<unknown> {
  // Node.js runs TypeScript itself if it says so: version 22 has this feature with the value false if it would not.
  if (Boolean(Reflect.get(process.features, 'typescript'))) return await importJavaScript(path, changed);
  const { defaultLoaders } = await import('./explorer.js');
  return await defaultLoaders['.ts'](path, await readFile(path, 'utf8'));
}

function defaultOf(module: unknown): unknown {
  return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
}

function isMissingTypeScript(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND') &&
    error.message.includes("'typescript'")
  );
}
