/** The names allowed in labels: only names in the config, so that the number of series is bounded. */
export interface KnownNames {
  /** The stages of each pipeline, by pipeline. */
  readonly pipelines: ReadonlyMap<string, ReadonlySet<string>>;
  readonly providers: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
}

export const OTHER = 'other';

export const NO_NAMES: KnownNames = { pipelines: new Map(), providers: new Set(), models: new Set() };

/** Returns the name if it is known. */
export function known(name: string, names: { has(name: string): boolean }): string {
  return names.has(name) ? name : OTHER;
}

/** Where in a pipeline something happened: in a stage, or before (`input`) or after (`output`, `routing_key`) all of them. */
export function knownPlace(stage: string | undefined, stages: ReadonlySet<string> | undefined): string {
  if (stage === undefined) return 'input';
  return stage === 'output' || stage === 'routing_key' ? stage : known(stage, stages ?? new Set());
}
