import { homedir } from 'node:os';
import type { LoadedConfig, LoadOptions } from '../../config/index.js';
import { writeStderr } from '../terminal/stderr.js';

/** The options that select a command's config, as they were typed. */
export interface ConfigFlags {
  readonly config?: string;
  readonly verbose?: true;
}

/**
 * Returns the config that is named or, if none is, the one found here or in a folder above.
 *
 * @param folder where the search begins
 * @param programs whether a config that is found may be a program: only if the command runs what the config says anyway
 * @returns undefined if none is named and none is found
 * @throws ConfigError
 */
export async function findConfig(
  { config: path, verbose }: ConfigFlags,
  programs: 'programs' | 'data only',
  folder = process.cwd(),
): Promise<LoadedConfig | undefined> {
  const { loadConfig } = await import('../../config/index.js');
  const config = await loadConfig({
    ...(await surroundings()),
    cwd: path === undefined ? folder : process.cwd(),
    programs: programs === 'programs',
    ...(path !== undefined && { path }),
  });
  if (verbose === true) reportConfig(config?.file);
  return config;
}

/**
 * Like {@link findConfig}, but if there is no config, returns the one that then applies: all defaults, with the state of AI calls in
 * the current folder, unless the environment names another.
 */
export async function findConfigOrBare(flags: ConfigFlags, programs: 'programs' | 'data only'): Promise<LoadedConfig> {
  const found = await findConfig(flags, programs);
  if (found !== undefined) return found;
  const { bareConfig } = await import('../../config/index.js');
  return bareConfig({ ...(await surroundings()), cwd: process.cwd() });
}

async function surroundings(): Promise<Omit<LoadOptions, 'cwd'>> {
  const [{ readOnce }, { KINDS }] = await Promise.all([
    import('../../config/kinds/index.js'),
    import('../../jobs/kinds/index.js'),
  ]);
  return { kinds: { ...KINDS, tables: readOnce(KINDS.tables) }, env: process.env, home: homedir() };
}

export function reportConfig(file: string | undefined): void {
  writeStderr(file === undefined ? 'colloquium: no config is found\n' : `colloquium: the config is ${file}\n`);
}
