import type * as zod from 'zod';
import * as real from 'zod';

/** Reads a value; {@link WRONG}: it surely has an issue; {@link UNSURE}: zod must be asked. */
type Read = (input: unknown) => unknown;

export const WRONG = Symbol('wrong');
export const UNSURE = Symbol('unsure');

/** A config is read only once, so compiled checks would cost more than they save. */
const JITLESS = { jitless: true } as const;

interface Context {
  readonly value: unknown;
  readonly issues: unknown[];
  addIssue(issue: unknown): void;
}

/**
 * A schema that reads what is plainly right by itself, to what zod would make of it. Zod is loaded, and its schema built, only for
 * values that are not: it words their issues.
 */
export class Deferred {
  readonly read: Read;
  readonly #build: () => zod.ZodType;
  #zod: zod.ZodType | undefined;

  constructor(build: () => zod.ZodType, read: Read) {
    this.#build = build;
    this.read = read;
  }

  /** The schema that it stands for. */
  get zod(): zod.ZodType {
    if (this.#zod === undefined) real.config(JITLESS);
    return (this.#zod ??= this.#build());
  }

  safeParse(input: unknown): unknown {
    const data = this.read(input);
    return isRead(data) ? { success: true, data } : this.zod.safeParse(input);
  }

  parse(input: unknown): unknown {
    const data = this.read(input);
    return isRead(data) ? data : this.zod.parse(input);
  }

  describe(text: string): Deferred {
    return new Deferred(() => this.zod.describe(text), this.read);
  }

  meta(facts: Record<string, unknown>): Deferred {
    return new Deferred(() => this.zod.meta(facts), this.read);
  }

  optional(): Deferred {
    return new Deferred(
      () => this.zod.optional(),
      (input) => (input === undefined ? undefined : this.read(input)),
    );
  }

  nullable(): Deferred {
    return new Deferred(
      () => this.zod.nullable(),
      (input) => (input === null ? null : this.read(input)),
    );
  }

  prefault(value: unknown): Deferred {
    return new Deferred(
      () => this.zod.prefault(value),
      (input) => this.read(input === undefined ? value : input),
    );
  }

  default(value: unknown): Deferred {
    return new Deferred(
      () => this.zod.default(value),
      (input) => (input === undefined ? (Array.isArray(value) ? [...(value as unknown[])] : value) : this.read(input)),
    );
  }

  min(least: number, words: object): Deferred {
    return new Deferred(
      () => (this.zod as zod.ZodArray).min(least, words),
      (input) => this.#checked(input, (value) => Array.isArray(value) && value.length >= least),
    );
  }

  max(most: number, words: object): Deferred {
    return new Deferred(
      () => (this.zod as zod.ZodArray).max(most, words),
      (input) => this.#checked(input, (value) => Array.isArray(value) && value.length <= most),
    );
  }

  refine(accepts: (value: unknown) => unknown, words: object): Deferred {
    return new Deferred(
      () => this.zod.refine(accepts, words),
      (input) => this.#checked(input, accepts),
    );
  }

  check(check: (context: Pick<Context, 'value' | 'issues'>) => void): Deferred {
    return new Deferred(
      () => this.zod.check(check),
      (input) => this.#checked(input, (value) => hasNoIssue((context) => check(context), value)),
    );
  }

  superRefine(check: (value: unknown, context: Context) => void): Deferred {
    return new Deferred(
      () => this.zod.superRefine(check),
      (input) => this.#checked(input, (value) => hasNoIssue((context) => check(value, context), value)),
    );
  }

  transform(convert: (value: unknown, context: Context) => unknown): Deferred {
    return new Deferred(
      () => this.zod.transform(convert),
      (input) => {
        const value = this.read(input);
        if (!isRead(value)) return value;
        let converted: unknown;
        const isFine = hasNoIssue((context) => (converted = convert(value, context)), value);
        return isFine ? converted : WRONG;
      },
    );
  }

  #checked(input: unknown, accepts: (value: unknown) => unknown): unknown {
    const value = this.read(input);
    return !isRead(value) || accepts(value) ? value : WRONG;
  }
}

export function isRead(value: unknown): boolean {
  return value !== WRONG && value !== UNSURE;
}

function hasNoIssue(act: (context: Context) => void, value: unknown): boolean {
  const issues: unknown[] = [];
  act({ value, issues, addIssue: (issue) => issues.push(issue) });
  return issues.length === 0;
}
