import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { CheckpointStore, nodeWorld, type LogWorld } from '../../../src/log/index.js';
import { faultyWorld } from '../support/faulty-disk.js';
import { emptyFolder, filesIn } from '../support/log-folder.js';

const VALUE = { position: { segment: 3, offset: 4711 }, outputs: { 'out/events.ndjson': 1_000_000 } };

async function newStore(world: LogWorld = nodeWorld()): Promise<{ store: CheckpointStore; folder: string }> {
  const folder = `${await emptyFolder()}/checkpoints`;
  return { store: new CheckpointStore(world, folder), folder };
}

describe('a checkpoint', () => {
  it('is what was stored last, also for another process', async () => {
    const { store, folder } = await newStore();
    expect(await store.get('default')).toBeUndefined();
    await store.put('default', { at: 1 });
    await store.put('default', VALUE);
    await store.put('other', null);
    const other = new CheckpointStore(nodeWorld(), folder);
    expect(await other.get('default')).toEqual({ value: VALUE, isPrevious: false });
    expect(await other.get('other')).toEqual({ value: null, isPrevious: false });
  });

  it('falls back to the one before it when it is cut at any byte, or any byte is another', async () => {
    const { store, folder } = await newStore();
    await store.put('default', { at: 1 });
    await store.put('default', { at: 2 });
    const [file] = await filesIn(folder, '.checkpoint');
    const { path, content } = file ?? { path: '', content: Buffer.alloc(0) };
    for (let at = 0; at < content.length - 1; at++) {
      await truncate(path, at);
      expect(await store.get('default')).toEqual({ value: { at: 1 }, isPrevious: true });
      const damaged = Buffer.from(content);
      damaged[at] = (content[at] ?? 0) ^ 4;
      await writeFile(path, damaged);
      expect(await store.get('default')).toEqual({ value: { at: 1 }, isPrevious: true });
    }
    await rm(path);
    expect(await store.get('default')).toEqual({ value: { at: 1 }, isPrevious: true });
  });

  it('that is damaged does not push out the good one before it', async () => {
    const { store, folder } = await newStore();
    await store.put('default', { at: 1 });
    await store.put('default', { at: 2 });
    const [file] = await filesIn(folder, '.checkpoint');
    await writeFile(file?.path ?? '', 'garbage');
    await store.put('default', { at: 3 });
    await writeFile(file?.path ?? '', 'garbage');
    expect(await store.get('default')).toEqual({ value: { at: 1 }, isPrevious: true });
  });

  it('is an error when neither it nor the previous one can be read: starting over would process everything twice', async () => {
    const { store, folder } = await newStore();
    await store.put('default', { at: 1 });
    await store.put('default', { at: 2 });
    for (const { path } of await filesIn(folder, '')) await writeFile(path, 'garbage');
    await expect(store.get('default')).rejects.toMatchObject({
      kind: 'damaged',
      message: expect.stringContaining('default.checkpoint') as unknown,
    });
    await store.remove('default');
    expect(await store.get('default')).toBeUndefined();
  });

  it('is old or new, never neither, when the disk fails at any step', async () => {
    for (let step = 0; ; step++) {
      const met = { calls: 0, fault: false };
      const world = faultyWorld(() => {
        met.calls += 1;
        if (met.calls < step) return undefined;
        met.fault = true;
        return { code: 'EIO' };
      });
      const { store, folder } = await newStore();
      await store.put('default', 0);
      await store.put('default', 1);
      const put = await Promise.allSettled([new CheckpointStore(world, folder).put('default', 2)]);
      const found = await new CheckpointStore(nodeWorld(), folder).get('default');
      expect([1, 2]).toContain(found?.value);
      if (put[0].status === 'fulfilled') expect(found?.value).toBe(2);
      await new CheckpointStore(nodeWorld(), folder).put('default', 3);
      expect((await store.get('default'))?.value).toBe(3);
      if (!met.fault) {
        expect(step).toBeGreaterThan(5);
        break;
      }
    }
  });

  it('skips what is out of date before it is written', async () => {
    const { store } = await newStore();
    await Promise.all(Array.from({ length: 200 }, (_, i) => store.put('default', i)));
    expect((await store.get('default'))?.value).toBe(199);
  });

  it.each(['a/b', 'a%2f.b', '../up', 'ü', 'A'.repeat(300), `${'A'.repeat(300)}B`, '.', ''])(
    'has a file of its own under the name %j',
    async (name) => {
      const { store, folder } = await newStore();
      await store.put(name, name.length);
      await store.put(`${name}x`, 'another');
      expect((await store.get(name))?.value).toBe(name.length);
      const files = await filesIn(folder, '.checkpoint');
      expect(files.length).toBe(2);
      expect(JSON.parse(await readFile(files[0]?.path ?? '', 'utf8'))).toHaveProperty('crc');
    },
  );
});
