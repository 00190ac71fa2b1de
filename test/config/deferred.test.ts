import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ZodType } from 'zod';
import { type Deferred, isRead, UNSURE } from '../../src/config/schema/deferred.js';
import { ConfigSchema, type Config } from '../../src/config/schema.js';
import { readDocument } from '../../src/config/load/read-document.js';
import { KINDS } from '../../src/jobs/kinds/index.js';
import { root } from '../support/cli.js';

const FIXTURES = join(root, 'fixtures/config');

/** Configs, right and wrong ones. */
const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\/colloquium\.(?:yaml|json)$/.test(name) || /^seed.*\.json$/.test(name))
  .map((name) => join(FIXTURES, name));

const schema = new ConfigSchema(KINDS);

interface Part {
  readonly name: string;
  readonly schema: Deferred;
  readonly value: unknown;
}

const parts: readonly Part[] = (await Promise.all(files.map(partsOf))).flat();

async function partsOf(file: string): Promise<readonly Part[]> {
  try {
    const { document } = await readDocument(file);
    const sections = Object.entries((document.root.value ?? {}) as Record<string, unknown>);
    return sections
      .filter(([name]) => schema.sectionNames.includes(name))
      .map(([name, value]) => ({
        name: `${file} ${name}`,
        schema: deferred(schema.section(name as keyof Config)),
        value,
      }));
  } catch {
    // Some are not even YAML.
    return [];
  }
}

function deferred(one: ZodType): Deferred {
  return one as unknown as Deferred;
}

/** What a schema makes of a value, with the plans that stages and outputs become as words: they are functions. */
function shown(value: unknown): string {
  const words = (_: string, part: unknown): unknown =>
    typeof part === 'function' ? 'a plan' : typeof part === 'bigint' ? `${part}n` : part;
  return JSON.stringify([value], words);
}

/** Holds what is read without zod to what zod makes of it. */
function compare({ name, schema: part, value }: Part): void {
  const read = part.read(value);
  const zod = part.zod.safeParse(value);
  if (isRead(read)) {
    expect(zod.success, `${name}: ${shown(value)}`).toBe(true);
    expect(shown(read)).toBe(shown(zod.data));
  } else if (read !== UNSURE) expect(zod.success, `${name}: ${shown(value)}`).toBe(false);
}

/** Puts something else somewhere into a value. */
function changed(value: unknown, steps: readonly number[], other: unknown): unknown {
  const [step = 0, ...rest] = steps;
  if (typeof value !== 'object' || value === null || steps.length === 0) return other;
  if (Array.isArray(value))
    return value.map((one: unknown, at) => (at === step % value.length ? changed(one, rest, other) : one));
  const keys = Object.keys(value);
  const chosen = keys[step % Math.max(1, keys.length)] ?? 'key';
  return Object.fromEntries(
    [...keys, ...(keys.includes(chosen) ? [] : [chosen])].map((key) => {
      const one = (value as Record<string, unknown>)[key];
      return [key, key === chosen ? changed(one, rest, other) : one];
    }),
  );
}

/** Looks like nothing that a config has, or nearly like it. */
const OTHERS = [
  undefined,
  null,
  '',
  'text',
  'true',
  '10s',
  '5MB',
  '3',
  0,
  -1,
  1.5,
  true,
  [],
  {},
  ['a'],
  [[1]],
  { a: 1 },
  { file: './x' },
];

describe('a part of a config', () => {
  it('is read without zod as zod reads it, right or wrong', () => {
    expect(parts.length).toBeGreaterThan(100);
    for (const part of parts) compare(part);
    expect(parts.filter((part) => isRead(part.schema.read(part.value))).length).toBeGreaterThan(parts.length / 3);
  });

  it('is read so whatever stands in it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...parts),
        fc.array(fc.nat(20), { maxLength: 6 }),
        fc.constantFrom(...OTHERS),
        (part, steps, other) => compare({ ...part, value: changed(part.value, steps, other) }),
      ),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('that is an object of an odd kind is left to zod', () => {
    const odd = JSON.parse('{"__proto__": {"port": 1}}') as unknown;
    expect(deferred(schema.section('server')).read(odd)).toBe(UNSURE);
    expect(deferred(schema.section('server')).read(new Date())).toBe(UNSURE);
  });
});
