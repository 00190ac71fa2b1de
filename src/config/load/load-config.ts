import { dirname, resolve } from 'node:path';
import { ConfigError, hasErrors, type Diagnostic } from '../diagnostic/index.js';
import type { Env } from '../env/index.js';
import type { ConfigKinds } from '../kinds/index.js';
import { ConfigSchema } from '../schema.js';
import { discoverConfig } from './discover.js';
import { withVendors } from '../plan/vendors.js';
import { readDocument } from './read-document.js';
import { validateDocument, type ConfigText } from './validate.js';

/** A config that is valid, as far as can be told without using it. Its parts are accessed through `sections.ts` and `plan/`. */
export interface LoadedConfig extends ConfigText {
  /** Absolute path of the file. */
  readonly file: string;
  /** The folder that its paths are relative to. */
  readonly directory: string;
  readonly home: string;
  readonly warnings: readonly Diagnostic[];
}

export interface LoadOptions {
  /** The kinds of stages, outputs, sources and providers that the config may use. */
  readonly kinds: ConfigKinds;
  /** The config file. If absent, the search starts at `cwd`. */
  readonly path?: string;
  readonly cwd: string;
  readonly env: Env;
  /** The user's home folder. */
  readonly home: string;
  /** Whether a config that is found may be a program, which is run; default: yes. One that is named always may. */
  readonly programs?: boolean;
}

/**
 * Loads a config: finds it, reads it, and checks all of it against the schema.
 *
 * @returns undefined if no path was given and no config was found
 * @throws ConfigError with all findings. An unset environment variable is not an error until its section is used
 */
export async function loadConfig({
  kinds,
  path,
  cwd,
  env,
  home,
  programs = true,
}: LoadOptions): Promise<LoadedConfig | undefined> {
  const file = path === undefined ? await discoverConfig(cwd, home, { programs }) : resolve(cwd, path);
  if (file === undefined) return undefined;
  const { document: written, warnings } = await readDocument(file);
  const document = withVendors(written, env, kinds.vendors);
  const text = { document, env, kinds, schema: new ConfigSchema(kinds) };
  const findings = [...warnings, ...validateDocument(text)];
  if (hasErrors(findings)) throw new ConfigError(findings);
  return { ...text, file, directory: dirname(file), home, warnings: findings };
}

/** The config that applies if there is none: all settings have their defaults, and paths are relative to `cwd`. */
export function bareConfig({ kinds, cwd, env, home }: Omit<LoadOptions, 'path' | 'programs'>): LoadedConfig {
  const root = { value: {}, start: 0, end: 0, entries: new Map() };
  const document = withVendors({ file: 'the command line', root }, env, kinds.vendors);
  const schema = new ConfigSchema(kinds);
  return { document, env, kinds, schema, file: document.file, directory: cwd, home, warnings: [] };
}
