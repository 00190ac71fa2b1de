import type * as zod from 'zod';
import * as real from 'zod';
import { Deferred, isRead, UNSURE, WRONG } from './deferred.js';

/** Whether it is a map as parsers make them: of others, zod decides what they are. */
function isPlainMap(input: unknown): input is Record<string, unknown> {
  return (
    typeof input === 'object' &&
    input !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(input) as object | null) &&
    !Object.hasOwn(input, '__proto__')
  );
}

function notAPlainMap(input: unknown): symbol {
  return typeof input !== 'object' || input === null || Array.isArray(input) ? WRONG : UNSURE;
}

function strictObject(shape: Readonly<Record<string, Deferred>>, words: object): Deferred {
  const fields = Object.entries(shape);
  return new Deferred(
    () => real.strictObject(Object.fromEntries(fields.map(([key, one]) => [key, one.zod])), words),
    (input) => {
      if (!isPlainMap(input)) return notAPlainMap(input);
      for (const key of Object.keys(input)) if (!Object.hasOwn(shape, key)) return WRONG;
      const map: Record<string, unknown> = {};
      for (const [key, one] of fields) {
        const value = one.read(input[key]);
        if (!isRead(value)) return value;
        if (value !== undefined || key in input) map[key] = value;
      }
      return map;
    },
  );
}

function record(key: Deferred, value: Deferred, words: object): Deferred {
  return new Deferred(
    () => real.record(key.zod as zod.ZodString, value.zod, words),
    (input) => {
      if (!isPlainMap(input)) return notAPlainMap(input);
      const map: Record<string, unknown> = {};
      for (const [name, one] of Object.entries(input)) {
        const read = value.read(one);
        if (!isRead(read)) return read;
        map[name] = read;
      }
      return map;
    },
  );
}

function array(element: Deferred, words: object): Deferred {
  return new Deferred(
    () => real.array(element.zod, words),
    (input) => {
      if (!Array.isArray(input)) return WRONG;
      const list: unknown[] = [];
      for (const one of input) {
        const value = element.read(one);
        if (!isRead(value)) return value;
        list.push(value);
      }
      return list;
    },
  );
}

function union(options: readonly Deferred[], words: object): Deferred {
  return new Deferred(
    () => real.union(options.map((option) => option.zod) as [zod.ZodType], words),
    (input) => {
      for (const option of options) {
        const value = option.read(input);
        if (value !== WRONG) return value;
      }
      return WRONG;
    },
  );
}

function custom(accepts?: (input: unknown) => unknown, words?: object): Deferred {
  return new Deferred(
    () => real.custom(accepts, words),
    (input) => (accepts === undefined || accepts(input) ? input : WRONG),
  );
}

function string(words?: object): Deferred {
  return new Deferred(
    () => real.string(words),
    (input) => (typeof input === 'string' ? input : WRONG),
  );
}

function unknown(): Deferred {
  return new Deferred(
    () => real.unknown(),
    (input) => input,
  );
}

/**
 * The part of zod that the schemas of a config are written in, and its types. Zod itself takes longer to load and to build them than
 * all the rest of a start: see {@link Deferred}.
 */
export const z = { strictObject, record, array, union, custom, string, unknown, NEVER: undefined } as unknown as Pick<
  typeof zod,
  'strictObject' | 'record' | 'array' | 'union' | 'custom' | 'string' | 'unknown' | 'NEVER'
>;

/**
 * An option that other inputs fail without its schema: that is only built for an input which is meant as it, or to be shown.
 */
export function builtWhenMeant<Option extends zod.ZodType>(
  isMeant: (input: unknown) => boolean,
  build: () => Option,
): Option {
  let built: Deferred | undefined;
  const option = (): Deferred => (built ??= deferred(build()));
  return new Deferred(
    () => {
      const lazy = real.lazy(() => option().zod);
      const run = lazy._zod.run.bind(lazy._zod);
      lazy._zod.run = (payload, context) => {
        if (isMeant(payload.value)) return run(payload, context);
        payload.issues.push({ code: 'custom', input: payload.value, message: 'another one is meant' });
        return payload;
      };
      return lazy;
    },
    (input) => (isMeant(input) ? option().read(input) : WRONG),
  ) as unknown as Option;
}

/** The schema of zod's own that one of {@link z} stands for. */
export function ofZod<Schema extends zod.ZodType>(schema: Schema): Schema {
  return deferred(schema).zod as Schema;
}

function deferred(schema: zod.ZodType): Deferred {
  return schema as unknown as Deferred;
}
