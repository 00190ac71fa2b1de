import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigError } from '../diagnostic/index.js';
import { blameFile, parseJsonSource } from '../source/index.js';

const NAME = 'colloquium';
const PACKAGE = 'package.json';

/** Where a folder's config may stand, in the order in which one is taken. */
const SEARCH_PLACES = [
  ...['yaml', 'yml', 'json', 'jsonc'].map((extension) => `${NAME}.${extension}`),
  ...['js', 'mjs', 'cjs', 'ts', 'yaml', 'yml', 'json', 'jsonc'].map((extension) => `${NAME}.config.${extension}`),
  ...['', '.json', '.jsonc', '.yaml', '.yml', '.js', '.mjs', '.cjs', '.ts'].map(
    (extension) => `.${NAME}rc${extension}`,
  ),
  ...['', '.json', '.jsonc', '.yaml', '.yml', '.js', '.mjs', '.cjs', '.ts'].map(
    (extension) => `.config/${NAME}rc${extension}`,
  ),
  PACKAGE,
];

/** The names of config files, without package.json, which is one only by its content. */
export const configFileNames: ReadonlySet<string> = new Set(
  SEARCH_PLACES.filter((place) => place !== PACKAGE).map((place) => basename(place)),
);

/**
 * Finds the config that holds for a folder: in it, else in the nearest folder above it, up to the root of its repository or
 * the home folder. A folder that lies in neither is searched alone: what stands above belongs to someone else.
 *
 * @param home the user's home folder
 * @returns the path of the config file (a package.json only if it has a `colloquium` key), or undefined
 */
export async function discoverConfig(cwd: string, home: string): Promise<string | undefined> {
  for (const folder of await foldersToSearch(resolve(cwd), resolve(home))) {
    const found = await findIn(folder);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function foldersToSearch(cwd: string, home: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === home || (await exists(join(folder, '.git')))) return folders;
    if (dirname(folder) === folder) return [cwd];
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/** Cosmiconfig looks for the file; reading it, with places and limits, is ours. */
async function findIn(folder: string): Promise<string | undefined> {
  const present = (): object => ({ present: true });
  const loaders = Object.fromEntries(
    ['.yaml', '.yml', '.jsonc', '.js', '.mjs', '.cjs', '.ts', 'noExt'].map((extension) => [extension, present]),
  );
  // Not needed where the config is named.
  const { cosmiconfig } = await import('./explorer.js');
  try {
    const explorer = cosmiconfig(NAME, {
      searchPlaces: SEARCH_PLACES,
      loaders: { ...loaders, '.json': presentInJson },
      searchStrategy: 'none',
      // An empty file is somebody's config, too: passed over in silence, they would look for the mistake elsewhere.
      ignoreEmptySearchPlaces: false,
      cache: false,
    });
    const found = await explorer.search(folder);
    // The last place to look in, and no config without our key.
    return found?.isEmpty === true && basename(found.filepath) === PACKAGE ? undefined : found?.filepath;
  } catch (error) {
    throw new ConfigError([
      blameFile(folder)(
        'file-unreadable',
        `cannot search for a config: ${error instanceof Error ? error.message : String(error)}`,
      ),
    ]);
  }
}

/** A package.json counts if it has our key, even if it is broken further on; any other JSON file counts as it is. */
function presentInJson(path: string, content: string): object {
  if (!path.endsWith(PACKAGE)) return { present: true };
  return content.includes(`"${NAME}"`) && packageKey(path, content) ? { [NAME]: { present: true } } : {};
}

function packageKey(path: string, content: string): boolean {
  try {
    const { document } = parseJsonSource(path, content.replace(/^\ufeff/, ''), {
      depthMax: 1000,
      repeatedKeys: 'warning',
    });
    return document.root.entries?.has(NAME) === true;
  } catch {
    return false;
  }
}
