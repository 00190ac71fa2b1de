import type { FilePlan } from '../plan/pipeline-plan.js';
import type { PathMaker } from './config-kinds.js';

/** A file to write, as it stands in a config. */
interface FileSettings {
  readonly file: string;
  readonly rotate_size?: number | undefined;
  readonly rotate_every?: number | undefined;
  readonly retention_days?: number | undefined;
  readonly gzip: boolean;
  readonly pattern?: string | undefined;
}

export function filePlan(settings: FileSettings, make: PathMaker): FilePlan {
  const { rotate_size: rotateSize, rotate_every: rotateEvery, retention_days: retentionDays, gzip, pattern } = settings;
  return {
    file: make.path(settings.file),
    ...(rotateSize !== undefined && { rotateSize }),
    ...(rotateEvery !== undefined && { rotateEvery }),
    ...(retentionDays !== undefined && { retentionDays }),
    gzip,
    ...(pattern !== undefined && { pattern }),
  };
}
