import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canBeOne,
  fieldsIn,
  filesOfTemplate,
  groupOf,
  misnamed,
  nameOf,
  parseTemplate,
} from '../../../src/files/names/index.js';
import { partNames } from '../../../src/sinks/index.js';
import { scratch } from '../../support/cli.js';

/** Keys that are near to each other, and to what has a meaning in paths. */
const key = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', 'A', 'b', '.', '/', '%', '~', '2', 'E', '0', '\\', 'ä', '\ud800', '\0'),
    maxLength: 8,
  }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '',
    '.',
    '..',
    'none',
    '%none',
    '%empty',
    'a.000001',
    'a'.repeat(300),
    'A'.repeat(300),
    `${'a'.repeat(299)}b`,
  ),
);
const maybeKey = fc.option(key, { nil: undefined });
const naming = fc.record({ escapesDots: fc.boolean(), foldsCase: fc.boolean() });
const names = fc.constantFrom(
  '{routing_key}',
  '{routing_key}.ndjson',
  '.{routing_key}',
  '{date}/x-{routing_key}-y.log',
);
const NOON = Date.UTC(2026, 0, 31, 12);

describe('the name of a file of a key', () => {
  it.each([
    ['error', 'error'],
    ['a/../b', 'a%2F..%2Fb'],
    ['.hidden', '%2Ehidden'],
    ['..', '%2E%2E'],
    ['ä b', '%C3%A4%20b'],
    ['100%', '100%25'],
    ['', '%empty'],
    [undefined, '%none'],
  ])('of %j is %s', (one, name) => {
    const group = groupOf(['routing_key'], one, NOON);
    expect(nameOf('{routing_key}', group, { escapesDots: false, foldsCase: false })).toBe(name);
  });

  it('has the day in UTC, and beside it the key', () => {
    const group = groupOf(['routing_key', 'date'], 'a', Date.UTC(2025, 11, 31, 23, 59, 59, 999));
    const options = { escapesDots: false, foldsCase: false };
    expect(nameOf('{date}/{routing_key}.ndjson', group, options)).toBe('2025-12-31/a.ndjson');
    expect(nameOf('{date}', groupOf(['date'], 'a', NOON), options)).toBe('2026-01-31');
  });

  it('is never that of another key, also where capital letters are like small ones', () => {
    fc.assert(
      fc.property(maybeKey, maybeKey, naming, names, (one, other, options, template) => {
        fc.pre(one !== other);
        const fields = fieldsIn(template);
        const [a, b] = [one, other].map((some) => nameOf(template, groupOf(fields, some, NOON), options));
        expect(a).not.toBe(b);
        if (options.foldsCase) expect(a?.toLowerCase()).not.toBe(b?.toLowerCase());
      }),
      { numRuns: 3000 },
    );
  });

  it('leads nowhere else, is short enough, and has no characters that a file system may not take', () => {
    fc.assert(
      fc.property(maybeKey, naming, names, (one, options, template) => {
        const name = nameOf(template, groupOf(fieldsIn(template), one, NOON), options);
        expect(name.split('/')).toHaveLength(template.split('/').length);
        for (const segment of name.split('/')) {
          expect(segment).toMatch(/^[A-Za-z0-9_.%~-]{1,200}$/);
          expect(segment).not.toMatch(/^\.{1,2}$/);
        }
        expect(canBeOne(join('/out', name), { folder: '/out', names: template })).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('is never that of a part of another file', () => {
    const patterns = [undefined, '{name}-{date}.{number}{ext}', '{number}.{name}{ext}'];
    fc.assert(
      fc.property(
        key,
        key,
        fc.constantFrom(...patterns),
        names,
        fc.boolean(),
        (one, other, pattern, template, folds) => {
          fc.pre(misnamed(`./${template}`, { hasRoutingKey: true, pattern }) === undefined);
          const options = { escapesDots: true, foldsCase: folds };
          const [a = '', b = ''] = [one, other].map((some) =>
            nameOf(template, groupOf(fieldsIn(template), some, NOON), options),
          );
          const part = partNames(join('/out', a), pattern).pathOf(1, NOON);
          expect([part, `${part}.gz`]).not.toContain(join('/out', b));
          expect(dirname(part)).toBe(dirname(join('/out', a)));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a template', () => {
  it.each([
    ['./out/{routing_key}.ndjson', './out', '{routing_key}.ndjson'],
    ['/{date}', '/', '{date}'],
    ['{routing_key}', '.', '{routing_key}'],
    ['./{team}/{date}/x', './{team}', '{date}/x'],
    ['~/logs/a-{date}/b.ndjson', '~/logs', 'a-{date}/b.ndjson'],
  ])('%s is below %s', (written, folder, rest) => {
    expect(parseTemplate(written)).toEqual({ folder, names: rest });
  });

  it('is none without a field', () => {
    expect(parseTemplate('./out/{team}/a.ndjson')).toBeUndefined();
  });

  it.each([
    ['{routing_key}.ndjson', '/out/a.ndjson', true],
    ['{routing_key}.ndjson', '/out/A.NDJSON', true],
    ['{routing_key}.ndjson', '/out/sub/a.ndjson', false],
    ['a-{routing_key}', '/out/b-x', false],
    ['{date}/{routing_key}', '/out/x/y', true],
  ])('%s and %s can be one file: %s', (rest, path, can) => {
    expect(canBeOne(path, { folder: '/out', names: rest })).toBe(can);
    expect(canBeOne({ folder: '/out', names: rest }, path)).toBe(can);
  });

  it('can be one with another template only where their texts agree', () => {
    const folder = '/out';
    expect(canBeOne({ folder, names: 'a-{routing_key}' }, { folder, names: 'b-{routing_key}' })).toBe(false);
    expect(canBeOne({ folder, names: 'a-{routing_key}' }, { folder, names: '{date}-b' })).toBe(true);
    expect(canBeOne({ folder, names: '{date}/x' }, { folder, names: '{routing_key}/y' })).toBe(false);
  });

  it('finds its files', () => {
    const folder = scratch();
    mkdirSync(join(folder, 'x'));
    for (const name of ['a.ndjson', 'b.ndjson', 'c.txt', 'x/a.ndjson']) writeFileSync(join(folder, name), '');
    expect([...filesOfTemplate({ folder, names: '{routing_key}.ndjson' })].map((path) => basename(path))).toEqual([
      'a.ndjson',
      'b.ndjson',
    ]);
    expect([...filesOfTemplate({ folder, names: '{date}/{routing_key}.ndjson' })]).toEqual([
      join(folder, 'x/a.ndjson'),
    ]);
    expect([...filesOfTemplate({ folder: join(folder, 'none'), names: '{date}' })]).toEqual([]);
  });
});
