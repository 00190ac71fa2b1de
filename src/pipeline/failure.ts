import { ComputoError } from 'computo-js';
import { DataFault } from '../json/index.js';

/** Why an event failed. These names are stable, because people match on them. */
export type FailureKind =
  | 'invalid_json'
  | 'invalid_utf8'
  /** A row of CSV or TSV. */
  | 'invalid_row'
  /** Data that does not fit the columns of an output. */
  | 'invalid_columns'
  | 'line_too_long'
  | 'nested_too_deep'
  | 'invalid_argument'
  | 'invalid_operator'
  | 'limit_exceeded'
  /** The event came after its window was closed. */
  | 'too_late'
  /** In a fleet: the workers that processed the event died before they finished it. */
  | 'undeliverable'
  /** An unusable answer of a provider, by its kind: `ai_truncated`, `ai_refused`, … */
  | `ai_${string}`;

/** One event failed; the stream continues. */
export class EventFailure extends DataFault {
  override readonly name = 'EventFailure';

  /**
   * @param stage the name of the stage in which it failed; undefined: before the first stage
   * @param path JSON Pointer to the failing expression in that stage's script
   * @param at line and column of that expression in a script written in the text form, such as `1:12`
   * @param answer what a provider answered nevertheless, and was paid for
   */
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly stage?: string,
    readonly path?: string,
    readonly at?: string,
    readonly answer?: string,
  ) {
    super(message);
  }
}

const KINDS = {
  InvalidArgument: 'invalid_argument',
  InvalidOperator: 'invalid_operator',
  LimitExceeded: 'limit_exceeded',
} as const satisfies Record<ComputoError['kind'], FailureKind>;

/** The config keys of a run's limits. */
const LIMIT_KEYS = { steps: 'computo.limits.steps', outputSize: 'computo.limits.output_size' } as const;

/**
 * Converts a script's error to its event's failure. Anything other than a ComputoError is a bug of ours and is returned
 * unchanged.
 *
 * @param placeOf finds the place of an expression, by its JSON Pointer, in a script written in the text form
 */
export function failureOf(error: unknown, stage: string, placeOf?: (path: string) => string): unknown {
  if (!(error instanceof ComputoError)) return error;
  const { problem, limit } = error;
  const message =
    limit === undefined
      ? error.explain(placeOf === undefined ? 'json' : 'text')
      : `${problem}. Raise ${LIMIT_KEYS[limit]} in the config.`;
  return new EventFailure(KINDS[error.kind], message, stage, error.path, placeOf?.(error.path));
}
