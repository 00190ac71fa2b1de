import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { ConfigError } from '../diagnostic/index.js';
import { blameFile, FILE_BYTES_MAX, parseJsonSource } from '../source/index.js';
import { distrust, trustedOwners, type Owners } from './whose.js';

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

const PROGRAMS: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.ts']);

export interface DiscoverOptions {
  /** Whose files are trusted; default: those of the user and of root. */
  readonly owners?: Owners;
  /** Whether a config may be a program, which is run when it is loaded; default: yes. */
  readonly programs?: boolean;
}

/**
 * Finds the config that holds for a folder: in it, else in the nearest folder above it, up to the root of its repository or
 * the home folder. A folder that lies in neither is searched alone: what stands above belongs to someone else.
 *
 * @param home the user's home folder
 * @returns the path of the config file (a package.json only if it has a `colloquium` key), or undefined
 * @throws ConfigError (`foreign-config`, `program-config`) for one that nobody has consented to by naming it
 */
export async function discoverConfig(
  cwd: string,
  home: string,
  options: DiscoverOptions = {},
): Promise<string | undefined> {
  for (const folder of await foldersToSearch(resolve(cwd), resolve(home))) {
    const found = await findIn(folder);
    if (found === undefined) continue;
    await refuseDistrusted(found, folder, options);
    return found;
  }
  return undefined;
}

/** Whether loading a config runs it. */
export function isProgram(file: string): boolean {
  return PROGRAMS.has(extname(file));
}

/**
 * Refuses a config that was come across and not named.
 *
 * @param folder where it was searched for
 * @throws ConfigError
 */
export async function refuseDistrusted(file: string, folder: string, options: DiscoverOptions): Promise<void> {
  const { owners = trustedOwners(process.env), programs = true } = options;
  const blame = blameFile(file);
  const reason = await distrust(file, folder, owners).catch((error: unknown) => String(error));
  if (reason !== undefined) {
    const hint = 'use it all the same by naming it: -c FILE';
    throw new ConfigError([blame('foreign-config', `this config was found, and is not trusted: ${reason}`, hint)]);
  }
  if (programs || !isProgram(file)) return;
  const message = 'this config was found, and is a program, which this command runs only when it is named';
  throw new ConfigError([blame('program-config', message, 'name it: -c FILE')]);
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
  const searchPlaces = await placesIn(folder);
  if (searchPlaces.length === 0) return undefined;
  const present = (): object => ({ present: true });
  const loaders = Object.fromEntries(
    ['.yaml', '.yml', '.jsonc', '.js', '.mjs', '.cjs', '.ts', 'noExt'].map((extension) => [extension, present]),
  );
  // Not needed where the config is named.
  const { cosmiconfig } = await import('./explorer.js');
  try {
    const explorer = cosmiconfig(NAME, {
      searchPlaces,
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
    throw unsearchable(folder, error);
  }
}

function unsearchable(folder: string, error: unknown): ConfigError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ConfigError([blameFile(folder)('file-unreadable', `cannot search for a config: ${reason}`)]);
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR'].includes(String(error.code))
  );
}

/** The places where there is a file. A named pipe would be waited for; a package.json beyond all measure is none. */
async function placesIn(folder: string): Promise<string[]> {
  const files = await Promise.all(
    SEARCH_PLACES.map(async (place) => {
      const stats = await stat(join(folder, place)).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw unsearchable(folder, error);
      });
      return stats?.isFile() === true && (place !== PACKAGE || stats.size <= FILE_BYTES_MAX);
    }),
  );
  return SEARCH_PLACES.filter((_, i) => files[i]);
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
