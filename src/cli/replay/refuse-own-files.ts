import { basename, dirname } from 'node:path';
import { ConfigError, pipelineNames, resolveOutputs, type FilePlan, type LoadedConfig } from '../../config/index.js';
import { leadsInto, leadToSame, nodeFileSystem, resolvePath } from '../../files/index.js';
import { canBeOne } from '../../files/names/index.js';
import { partNames } from '../../sinks/index.js';
import { fileOf } from '../../sinks/kinds/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import type { ReplayPlan } from '../../jobs/replay/index.js';

/** A file that a replay would write, and what named it. */
interface Target {
  readonly path: string;
  readonly flag: '-o' | '--dead-letter';
}

/**
 * Refuses to write to a file that a pipeline of the config writes or the replay itself reads, under any name: this would empty
 * the file, or append data that the pipeline's next checkpoint truncates.
 *
 * @throws UserError
 */
export function refuseOwnFiles(plan: ReplayPlan): void {
  const targets = targetsOf(plan);
  const [first, second] = targets;
  if (first === undefined) return;
  if (second !== undefined && leadToSame(first.path, second.path)) {
    throw new UserError(`-o and --dead-letter are one file, ${first.path}`, EXIT.usage, 'name two');
  }
  for (const { path, flag } of targets) {
    if (leadToSame(path, plan.config.file))
      throw new UserError(`${flag} ${path} is the config`, EXIT.usage, 'name another file');
    if (tableFiles(plan).some((table) => leadToSame(path, table)))
      throw new UserError(`${flag} ${path} is a table`, EXIT.usage, 'name another file');
    for (const folder of [plan.logFolder, plan.stateFolder]) {
      if (!leadsInto(path, folder)) continue;
      throw new UserError(`${flag} ${path} lies in ${folder}, which colloquium keeps`, EXIT.usage, 'name another file');
    }
  }
  for (const name of pipelineNames(plan.config)) {
    for (const { file, what } of filesOf(plan.config, name)) {
      const target = targets.find(({ path }) => leadToSame(path, file.file) || isPartOf(path, file));
      if (target === undefined) continue;
      const words = `${target.flag} ${target.path} is a file that pipeline ${name} writes its ${what} to`;
      const hint =
        what === 'dead letters' ? '--to-outputs adds what fails again to it' : 'write there with --to-outputs';
      throw new UserError(words, EXIT.usage, `${hint}, or name another file`);
    }
  }
}

function tableFiles({ way }: ReplayPlan): readonly string[] {
  const used = way.kind === 'raw' ? [way.filters] : way.pipelines.map(({ spec }) => spec);
  return used.flatMap(({ tables = {} }) => Object.values(tables).map(({ plan }) => plan.file));
}

function targetsOf({ way, deadLetter }: ReplayPlan): readonly Target[] {
  const output = way.kind !== 'to-outputs' && way.output.kind === 'file' ? way.output.path : undefined;
  const targets: Target[] = [
    ...(output === undefined ? [] : [{ path: output, flag: '-o' } as const]),
    ...(deadLetter === undefined ? [] : [{ path: deadLetter, flag: '--dead-letter' } as const]),
  ];
  // Nobody owns a device or a pipe.
  return targets.filter(({ path }) => nodeFileSystem.stat(path)?.kind !== 'other');
}

function filesOf(
  config: LoadedConfig,
  pipeline: string,
): readonly { readonly file: FilePlan; readonly what: 'events' | 'dead letters' }[] {
  try {
    const { outputs = [], deadLetter } = resolveOutputs(config, pipeline);
    const files = outputs.map(fileOf).filter((file) => file !== undefined);
    return [
      ...files.map((file) => ({ file, what: 'events' }) as const),
      ...(deadLetter === undefined ? [] : [{ file: deadLetter, what: 'dead letters' } as const]),
    ];
  } catch (error) {
    // This pipeline is not run now: its problems are reported when it is.
    if (error instanceof ConfigError) return [];
    throw error;
  }
}

function isPartOf(path: string, { file, keyed, pattern }: FilePlan): boolean {
  if (keyed !== undefined) return canBeOne(resolvePath(path), { ...keyed, folder: resolvePath(keyed.folder) });
  const names = partNames(resolvePath(file), pattern);
  const real = resolvePath(path);
  return dirname(real) === names.folder && names.parse(basename(real)) !== undefined;
}
