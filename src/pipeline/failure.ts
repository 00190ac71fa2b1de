import { ComputoError } from 'computo-js';
import { DataFault } from '../json/index.js';

/** Why an event failed. Stable: people match on it. */
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
  /** Came when the window that it belongs to was closed. */
  | 'too_late'
  /** Of a fleet: whoever worked on the event did not live to finish it. */
  | 'undeliverable'
  /** A provider's answer that is none, by its kind: `ai_truncated`, `ai_refused`, … */
  | `ai_${string}`;

/** One event failed; the stream goes on. */
export class EventFailure extends DataFault {
  override readonly name = 'EventFailure';

  /**
   * @param stage the name of the stage it failed in; undefined before the first
   * @param path JSON Pointer to the failing expression in that stage's script
   * @param at line and column of the same in a script that was written in the text form, such as `1:12`
   * @param answer what a provider answered all the same, and was paid for
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

/** What a config calls the limits of a run. */
const LIMIT_KEYS = { steps: 'computo.limits.steps', outputSize: 'computo.limits.output_size' } as const;

/**
 * A script's error as its event's failure. Whatever is no ComputoError is a bug of ours and passes through.
 *
 * @param placeOf where an expression stands in a script that was written in the text form, by its JSON Pointer
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
