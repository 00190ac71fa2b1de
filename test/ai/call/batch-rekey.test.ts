import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { realWorld } from '../../../src/ai/ai-world.js';
import type { BatchRecord } from '../../../src/ai/batch-store/index.js';
import { openBooks } from '../../../src/ai/books/index.js';
import { rekeyBatches } from '../../../src/ai/call/batch-rekey.js';
import { fileContent, isSealedFile, KeyRing } from '../../../src/crypt/index.js';
import { ownerOf } from '../../../src/ai/owner/owner.js';
import { systemProcesses } from '../../../src/world/index.js';
import { scratch } from '../../support/cli.js';

it('log rekey leaves files of batches that a process is at work on, and those that are damaged', async () => {
  const folder = scratch();
  const keys = new KeyRing([Buffer.alloc(32, 1)]);
  const location = { kind: 'lmdb', folder, keys } as const;
  const books = await openBooks(location, { ttlMs: 1e9, bytesMax: 1e9 }, realWorld);
  const dead = ownerOf({ ...systemProcesses().self, pid: 1 << 22, started: '1' });
  const files = join(folder, 'batches');
  mkdirSync(files);
  const add = async (
    id: string,
    state: BatchRecord['state'],
    owner: string,
    content: string | Buffer,
  ): Promise<void> => {
    const rest = {
      tag: id,
      provider: 'p',
      lane: 0,
      baseUrl: 'b',
      pipeline: 'd',
      model: 'm',
      endpoint: '/',
      headers: {},
    };
    const counts = { rows: 1, bytes: 3, worst: null, createdAt: realWorld.now(), done: 0 };
    await books.batches().add({ id, state, owner, ...rest, ...counts });
    writeFileSync(join(files, `${id}.jsonl`), content);
    if (state === 'fetching') writeFileSync(join(files, `${id}.results.jsonl`), 'results');
  };
  await add('a', 'gathering', books.owner, 'one');
  await add('b', 'fetching', books.owner, 'two');
  await add('c', 'fetching', dead, 'three');
  await add('d', 'submitted', dead, 'four');
  await add('e', 'gathering', dead, 'five');
  await add('f', 'closed', dead, 'six');
  writeFileSync(join(files, 'd.jsonl.new'), 'left by a crash');
  const first = await rekeyBatches(location);
  expect(first).toEqual({
    rekeyed: 3,
    left: [
      expect.stringContaining('a.jsonl: a running process'),
      expect.stringContaining('b.results.jsonl: a running'),
    ],
  });
  // What was never sent, or is over, needs none.
  expect(readdirSync(files).sort()).toEqual(['a.jsonl', 'b.jsonl', 'b.results.jsonl', 'c.jsonl', 'd.jsonl']);
  const sealed = readFileSync(join(files, 'd.jsonl'));
  expect(isSealedFile(sealed)).toBe(true);
  const content: Buffer[] = [];
  for await (const bytes of fileContent(join(files, 'd.jsonl'), keys, () => undefined)) content.push(bytes);
  expect(Buffer.concat(content).toString()).toBe('four');

  writeFileSync(join(files, 'd.jsonl'), sealed.subarray(0, -60));
  const next = new KeyRing([Buffer.alloc(32, 2), Buffer.alloc(32, 1)]);
  const again = await rekeyBatches({ ...location, keys: next });
  expect(again.left).toContainEqual(expect.stringMatching(/d\.jsonl: byte \d+: /));
  expect(readFileSync(join(files, 'd.jsonl'))).toEqual(sealed.subarray(0, -60));
  expect(readdirSync(files).some((name) => name.endsWith('.new'))).toBe(false);
  await books.close();
});
