import { statSync, type Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { byPlace, ConfigError, type Diagnostic } from '../diagnostic/index.js';
import { configFileNames, discoverConfig, isProgram, refuseDistrusted } from '../load/discover.js';
import type { ScriptOptions } from '../plan/pipeline-plan.js';
import { ConfigSchema } from '../schema.js';
import { checkShapes, type ShapeStep } from '../shape/index.js';
import { checkScript, isScriptFile, loadScriptFile, type ScriptSource } from '../script/index.js';
import { blameFile } from '../source/index.js';
import { isTestFile } from '../tests/index.js';
import { checkConfig, distinctFindings, type CheckConfigOptions } from './check-config.js';

export interface CheckPathsOptions extends Omit<CheckConfigOptions, 'file'> {
  /** How to check script files that no config names. */
  readonly script?: ScriptOptions;
}

export interface CheckedPaths {
  readonly diagnostics: readonly Diagnostic[];
  /** The checked files, without the scripts and schemas that configs refer to. */
  readonly files: readonly string[];
}

/** How deep a folder is searched: deeper levels mean a loop, or contain no config. */
const FOLDER_DEPTH_MAX = 32;

/**
 * Checks configs and script files, and folders of them. A folder is searched for files with a config's name, all `.json`,
 * `.jsonc` and `.computo` files, and YAML files that have a config's sections; hidden folders and `node_modules` are skipped.
 *
 * @param paths absolute
 */
export async function checkPaths(paths: readonly string[], options: CheckPathsOptions): Promise<CheckedPaths> {
  const sections = new ConfigSchema(options.kinds).sectionNames;
  const found: Diagnostic[] = [];
  const files = new Set<string>();
  const named = new Set<string>();
  for (const path of paths) {
    const kind = statSync(path, { throwIfNoEntry: false });
    if (kind === undefined) found.push(blameFile(path)('file-not-found', `no file or folder ${path}`));
    else if (kind.isDirectory()) for (const file of await filesIn(path, 0, sections)) files.add(file);
    else {
      files.add(path);
      named.add(path);
    }
  }
  for (const file of files) {
    const refusal = named.has(file) ? undefined : await refusedProgram(file);
    found.push(...(refusal ?? (await checkFile(file, options, sections))));
  }
  return { diagnostics: distinctFindings(found).sort(byPlace), files: [...files] };
}

/** Data may belong to anybody, but a program that would run when it is checked must be trusted, or named. */
async function refusedProgram(file: string): Promise<readonly Diagnostic[] | undefined> {
  if (!isProgram(file)) return undefined;
  try {
    await refuseDistrusted(file, dirname(file), {});
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.diagnostics;
    throw error;
  }
}

async function filesIn(folder: string, depth: number, sections: readonly string[]): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const isHidden = entry.name.startsWith('.') || entry.name === 'node_modules';
      if (!isHidden && depth < FOLDER_DEPTH_MAX) files.push(...(await filesIn(path, depth + 1, sections)));
    } else if (isFile(entry, path) && (await isWanted(path, sections))) {
      files.push(path);
    }
  }
  return files;
}

/** Includes links to files. Excludes named pipes, on which reading would block, whatever their name. */
function isFile(entry: Dirent, path: string): boolean {
  return entry.isFile() || (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

async function isWanted(path: string, sections: readonly string[]): Promise<boolean> {
  // They are checked with their config.
  if (isTestFile(path)) return false;
  if (configFileNames.has(basename(path)) || isScriptFile(path)) return true;
  return ['.yaml', '.yml'].includes(extname(path)) && (await hasSections(path, sections));
}

/** Whether a YAML file has one of a config's sections at its top level: other tools use YAML files, too. */
async function hasSections(path: string, sections: readonly string[]): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return sections.some((section) => text.split('\n').some((line) => line.startsWith(`${section}:`)));
}

async function checkFile(
  file: string,
  options: CheckPathsOptions,
  sections: readonly string[],
): Promise<readonly Diagnostic[]> {
  if (isTestFile(file)) return await checkTestFile(file, options);
  if (!isScriptFile(file)) return await checkConfig({ ...options, file });
  try {
    const source = await loadScriptFile(file);
    if (isPackage(file)) return hasOwnConfig(source) ? await checkConfig({ ...options, file }) : [];
    if (isConfig(file, source, sections)) return await checkConfig({ ...options, file });
    const script = options.script ?? {};
    // Which tables exist depends on who uses the script.
    const found = checkScript(source, script).filter(({ code }) => code !== 'unknown-table');
    if (options.sample === undefined) return found;
    return [...found, ...checkShapes([alone(source)], script, options.sample)];
  } catch (error) {
    if (error instanceof ConfigError) return error.diagnostics;
    throw error;
  }
}

/** Checks a test file with the config in its folder or above; the config's own mistakes are reported, too. */
async function checkTestFile(file: string, options: CheckPathsOptions): Promise<readonly Diagnostic[]> {
  try {
    const config = await discoverConfig(dirname(file), options.home);
    if (config === undefined) {
      throw new ConfigError([blameFile(file)('file-not-found', 'no config is found that these tests could be for')]);
    }
    return await checkConfig({ ...options, file: config, testFiles: [file] });
  } catch (error) {
    if (error instanceof ConfigError) return error.diagnostics;
    throw error;
  }
}

/** The shape step of a script by itself: its result is the data. */
function alone(source: ScriptSource): ShapeStep {
  return { scripts: [{ source }], behind: (data, [made = data]) => made };
}

function isPackage(file: string): boolean {
  return basename(file) === 'package.json';
}

function hasOwnConfig({ origin }: ScriptSource): boolean {
  return origin.document.root.entries?.has('colloquium') === true;
}

/** Whether a JSON file is a config, by its name or its sections; otherwise it is a script. */
function isConfig(file: string, { origin }: ScriptSource, sections: readonly string[]): boolean {
  if (configFileNames.has(basename(file))) return true;
  const keys = [...(origin.document.root.entries?.keys() ?? [])];
  return keys.some((key) => key !== '$schema' && sections.includes(key));
}
