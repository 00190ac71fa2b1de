import { homedir } from 'node:os';
import type { LoadedConfig } from '../../config/index.js';
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
  const [{ loadConfig }, { readOnce }, { KINDS }] = await Promise.all([
    import('../../config/index.js'),
    import('../../config/kinds/index.js'),
    import('../../jobs/kinds/index.js'),
  ]);
  const config = await loadConfig({
    kinds: { ...KINDS, tables: readOnce(KINDS.tables) },
    cwd: path === undefined ? folder : process.cwd(),
    env: process.env,
    home: homedir(),
    programs: programs === 'programs',
    ...(path !== undefined && { path }),
  });
  if (verbose === true) reportConfig(config?.file);
  return config;
}

export function reportConfig(file: string | undefined): void {
  writeStderr(file === undefined ? 'colloquium: no config is found\n' : `colloquium: the config is ${file}\n`);
}
