import { ComputoError } from './computo-error.js';
import { DEFAULT_LIMITS, type Limits, type TraceListener } from './compile/index.js';
import type { LookupTable } from './lookup-table.js';
import { DEFAULT_PERMUTO_OPTIONS, type PermutoOptions } from './permuto/index.js';
import type { DialectOption } from './syntax/index.js';
import { describe, type Json } from './value/index.js';

/** How to read and run a script. All options are optional. */
export interface ExecuteOptions {
  /** `auto`, the default, detects the dialect by what only one of them accepts; without any such sign it is `current`. */
  readonly dialect?: DialectOption | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** For `permuto.apply`. */
  readonly permuto?: Partial<Pick<PermutoOptions, 'interpolation' | 'missing'>> | undefined;
  /** Keys for `hash.sha256`, by the names that scripts use for them. Scripts can't read them. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** For `table.get`, by the names that scripts use for them. */
  readonly tables?: Readonly<Record<string, LookupTable>> | undefined;
  /** Called after every call of an operator. Costs nothing if absent. */
  readonly trace?: TraceListener | undefined;
}

/** Resolved options: checked and complete. */
export interface Options {
  readonly dialect: DialectOption;
  readonly limits: Limits;
  readonly permuto: PermutoOptions;
  readonly secrets: ReadonlyMap<string, string>;
  readonly tables: ReadonlyMap<string, LookupTable>;
  readonly trace: TraceListener | undefined;
}

const DIALECTS: readonly DialectOption[] = ['auto', 'classic', 'current'];
const MISSING: readonly PermutoOptions['missing'][] = ['ignore', 'error', 'remove'];

/** @throws ComputoError `InvalidArgument` for an invalid option */
export function resolveOptions(options: ExecuteOptions): Options {
  const { dialect = 'auto', limits = {}, permuto = {}, secrets = {}, tables = {}, trace } = options;
  const { interpolation = DEFAULT_PERMUTO_OPTIONS.interpolation, missing = DEFAULT_PERMUTO_OPTIONS.missing } = permuto;
  oneOf('dialect', dialect, DIALECTS);
  oneOf('permuto.missing', missing, MISSING);
  const { steps = DEFAULT_LIMITS.steps, depth = DEFAULT_LIMITS.depth, outputSize = DEFAULT_LIMITS.outputSize } = limits;
  for (const [name, limit] of Object.entries({ steps, depth, outputSize })) {
    if (!(limit >= 0)) throw impossible(`limits.${name}`, 'a number of at least 0', limit);
  }
  return {
    dialect,
    limits: { steps, depth, outputSize },
    permuto: { interpolation, missing },
    secrets: new Map(Object.entries(secrets)),
    tables: new Map(Object.entries(tables)),
    trace,
  };
}

function oneOf(option: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw impossible(option, allowed.map((one) => `'${one}'`).join(', '), value);
}

function impossible(option: string, expected: string, got: Json): Error {
  return new ComputoError('InvalidArgument', `the option '${option}' must be ${expected}, got ${describe(got)}`, '');
}
