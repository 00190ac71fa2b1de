import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { ConfigError } from '../diagnostic/index.js';
import { blameFile, FILE_BYTES_MAX, parseJsonSource } from '../source/index.js';
import { distrust, trustedOwners, type Owners } from './whose.js';

const NAME = 'colloquium';
const PACKAGE = 'package.json';

/** Where a folder's config may be, in order of preference. */
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

/** The names of config files, except package.json, which is a config only if its content says so. */
export const configFileNames: ReadonlySet<string> = new Set(
  SEARCH_PLACES.filter((place) => place !== PACKAGE).map((place) => basename(place)),
);

const PROGRAMS: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.ts']);

export interface DiscoverOptions {
  /** The users whose files are trusted; default: the user and root. */
  readonly owners?: Owners;
  /** Whether a config may be a program, which runs when it is loaded; default: yes. */
  readonly programs?: boolean;
}

/**
 * Finds the config that applies to a folder: in it, or else in the nearest folder above it, up to the root of its repository or
 * the home folder. For a folder in neither, only the folder itself is searched, because those above belong to someone else.
 *
 * @param home the user's home folder
 * @returns the path of the config file (a package.json only if it has a `colloquium` key), or undefined
 * @throws ConfigError (`foreign-config`, `program-config`) for a config that must be named to be used
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

/** Whether loading a config runs it as a program. */
export function isProgram(file: string): boolean {
  return PROGRAMS.has(extname(file));
}

/**
 * Refuses an untrusted config that was found, not named.
 *
 * @param folder the folder that was searched
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

/** Cosmiconfig only searches for the file; we read it ourselves, to know places and apply limits. */
async function findIn(folder: string): Promise<string | undefined> {
  const searchPlaces = await placesIn(folder);
  if (searchPlaces.length === 0) return undefined;
  const present = (): object => ({ present: true });
  const loaders = Object.fromEntries(
    ['.yaml', '.yml', '.jsonc', '.js', '.mjs', '.cjs', '.ts', 'noExt'].map((extension) => [extension, present]),
  );
  // Not needed if the config is named.
  const { cosmiconfig } = await import('./explorer.js');
  try {
    const explorer = cosmiconfig(NAME, {
      searchPlaces,
      loaders: { ...loaders, '.json': presentInJson },
      searchStrategy: 'none',
      // An empty file was meant as a config, too: if it were skipped silently, its author would look for the mistake elsewhere.
      ignoreEmptySearchPlaces: false,
      cache: false,
    });
    const found = await explorer.search(folder);
    // package.json comes last in the search, and is not a config without our key.
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

/** The places that contain a file. Excludes named pipes, on which reading would block, and any package.json that is too large. */
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

/** A package.json counts if it has our key, even if it is broken further on; any other JSON file always counts. */
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
