import { fieldsIn, parseTemplate, templatePath } from '../../files/names/index.js';
import type { FilePlan, OutputTake } from '../plan/pipeline-plan.js';
import type { PathMaker } from './config-kinds.js';

/** A file to write, as written in a config. */
interface FileSettings {
  readonly file: string;
  readonly rotate_size?: number | undefined;
  readonly rotate_every?: number | undefined;
  readonly retention_days?: number | undefined;
  readonly gzip: boolean;
  readonly encrypt: boolean;
  readonly pattern?: string | undefined;
}

export function filePlan(settings: FileSettings, make: PathMaker): FilePlan {
  const { rotate_size: rotateSize, rotate_every: rotateEvery, retention_days: retentionDays, pattern } = settings;
  const { gzip, encrypt } = settings;
  return {
    file: make.path(settings.file),
    ...(rotateSize !== undefined && { rotateSize }),
    ...(rotateEvery !== undefined && { rotateEvery }),
    ...(retentionDays !== undefined && { retentionDays }),
    gzip,
    encrypt,
    ...(pattern !== undefined && { pattern }),
  };
}

/** Defaults for an output that has a file per key. */
export const KEYED_FILES_DEFAULTS = { openMax: 100, filesMax: 10_000 } as const;

/** The additional plan of a path with a field in its name: one of many files, distinguished by the field. */
export function keyedPlan(
  {
    file,
    max_files: openMax,
    max_keys: filesMax,
  }: Pick<FileSettings, 'file'> & Record<'max_files' | 'max_keys', number>,
  make: PathMaker,
): (Pick<FilePlan, 'file' | 'keyed'> & Pick<OutputTake, 'filesBy'>) | undefined {
  const written = parseTemplate(file);
  if (written === undefined) return undefined;
  const template = { ...written, folder: make.path(written.folder) };
  const keyed = { ...template, openMax, filesMax };
  return { file: templatePath(template), keyed, filesBy: fieldsIn(template.names) };
}
