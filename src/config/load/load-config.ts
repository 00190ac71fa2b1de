import { dirname, resolve } from 'node:path';
import { ConfigError, hasErrors, type Diagnostic } from '../diagnostic/index.js';
import type { Env } from '../env/index.js';
import type { SourceDocument } from '../source/index.js';
import { discoverConfig } from './discover.js';
import { readDocument } from './read-document.js';
import { validateDocument } from './validate.js';

/** A config that is sound as far as can be said without using it. Its parts are reached through `sections.ts` and `plan/`. */
export interface LoadedConfig {
  /** Absolute path of the file. */
  readonly file: string;
  /** What its paths are relative to. */
  readonly directory: string;
  readonly document: SourceDocument;
  readonly env: Env;
  readonly home: string;
  readonly warnings: readonly Diagnostic[];
}

export interface LoadOptions {
  /** The config file. Without it, one is searched from `cwd`. */
  readonly path?: string;
  readonly cwd: string;
  readonly env: Env;
  /** The user's home folder. */
  readonly home: string;
  /** Whether a config that is found may be a program, which is run; default: yes. One that is named may. */
  readonly programs?: boolean;
}

/**
 * Loads a config: finds it, reads it, and checks all of it against the schema.
 *
 * @returns undefined if no path was given and no config was found
 * @throws ConfigError with everything that is wrong. An unset environment variable is no error before its section is used
 */
export async function loadConfig({
  path,
  cwd,
  env,
  home,
  programs = true,
}: LoadOptions): Promise<LoadedConfig | undefined> {
  const file = path === undefined ? await discoverConfig(cwd, home, { programs }) : resolve(cwd, path);
  if (file === undefined) return undefined;
  const { document, warnings } = await readDocument(file);
  const findings = [...warnings, ...validateDocument(document, env)];
  if (hasErrors(findings)) throw new ConfigError(findings);
  return { file, directory: dirname(file), document, env, home, warnings: findings };
}
