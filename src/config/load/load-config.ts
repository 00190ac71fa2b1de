import { dirname, resolve } from 'node:path';
import { ConfigError, hasErrors, type Diagnostic } from '../diagnostic/index.js';
import type { Env } from '../env/index.js';
import type { ConfigKinds } from '../kinds/index.js';
import { configSchema } from '../schema.js';
import { discoverConfig } from './discover.js';
import { withVendors } from '../plan/vendors.js';
import { readDocument } from './read-document.js';
import { validateDocument, type ConfigText } from './validate.js';

/** A config that is sound as far as can be said without using it. Its parts are reached through `sections.ts` and `plan/`. */
export interface LoadedConfig extends ConfigText {
  /** Absolute path of the file. */
  readonly file: string;
  /** What its paths are relative to. */
  readonly directory: string;
  readonly home: string;
  readonly warnings: readonly Diagnostic[];
}

export interface LoadOptions {
  /** The kinds of stages, outputs, sources and providers that it may have. */
  readonly kinds: ConfigKinds;
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
  const text = { document, env, kinds, schema: configSchema(kinds) };
  const findings = [...warnings, ...validateDocument(text)];
  if (hasErrors(findings)) throw new ConfigError(findings);
  return { ...text, file, directory: dirname(file), home, warnings: findings };
}

/** What holds where there is no config: every setting is at its default, and paths are relative to `cwd`. */
export function bareConfig({ kinds, cwd, env, home }: Omit<LoadOptions, 'path' | 'programs'>): LoadedConfig {
  const root = { value: {}, start: 0, end: 0, entries: new Map() };
  const document = withVendors({ file: 'the command line', root }, env, kinds.vendors);
  const schema = configSchema(kinds);
  return { document, env, kinds, schema, file: document.file, directory: cwd, home, warnings: [] };
}
