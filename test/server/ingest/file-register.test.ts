import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PresentFiles } from '../../../src/files/index.js';
import { FileRegister } from '../../../src/server/ingest/file-register.js';
import type { IngestedFile } from '../../../src/server/ingest/ingested-file.js';
import { scratch } from '../../support/cli.js';

const NOTHING = { bytes: 0, hash: '' };

function record(id: number): IngestedFile {
  const file = { node: `1:${id}`, head: { bytes: 20, hash: String(id) } };
  return {
    id,
    name: `${id}.ndjson`,
    place: { file, offset: 20, lines: 1, before: NOTHING },
    seen: { size: 20, stamp: '1' },
  };
}

/** A folder that holds the files with these numbers. */
function holding(isThere: (id: number) => boolean): PresentFiles {
  return {
    version: 0,
    namesOf: (node) => (isThere(Number(node.slice(2))) ? [`${node.slice(2)}.ndjson`] : []),
    has: (name) => isThere(Number.parseInt(name)),
    hasChanged: () => false,
    open: () => undefined,
  };
}

function open(path: string, goneMax?: number): Promise<FileRegister> {
  return FileRegister.open({ path, head: { folder: 'in', pipeline: 'default' }, isSynced: false, goneMax });
}

const linesOf = (path: string): number => readFileSync(path, 'utf8').split('\n').length - 1;

describe('the notes of the files of a folder', () => {
  it('stay small however many files come and go, and keep those that are there, and the last that are gone', async () => {
    const path = join(scratch(), 'folders/in.ndjson');
    const register = await open(path, 500);
    const present = holding((id) => id % 100 === 0);
    for (let id = 1; id <= 20_000; id++) {
      await register.begin({ file: record(id), source: 'in', from: { segment: 1, offset: 0 } });
      await register.done(record(id), present);
    }
    expect(register.files.size).toBeLessThan(200 + 2 * (500 + 1000 * 2));
    expect(linesOf(path)).toBeLessThan(2 * register.files.size + 1000);
    await register.close();
    const again = await open(path, 500);
    for (let id = 100; id <= 20_000; id += 100) expect(again.files.ofNode(`1:${id}`)).toEqual(record(id));
    for (let id = 19_600; id <= 20_000; id++) expect(again.files.ofNode(`1:${id}`)).toEqual(record(id));
    expect(again.files.ofNode('1:1')).toBeUndefined();
    expect(again.newId()).toBe(20_001);
    await again.close();
  });

  it('lose no more than a last line that is torn, and tell of others that are damaged', async () => {
    const path = join(scratch(), 'folders/in.ndjson');
    const register = await open(path);
    for (const id of [1, 2, 3]) await register.done(record(id));
    await register.close();
    appendFileSync(path, '{"file":{"id":4');
    const torn = await open(path);
    expect([torn.damagedLines, torn.files.size]).toEqual([0, 3]);
    await torn.close();
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, [lines[0], 'rubbish', ...lines.slice(2)].join('\n'));
    const damaged = await open(path);
    expect([damaged.damagedLines, damaged.files.size]).toEqual([1, 2]);
    await damaged.close();
  });
});
