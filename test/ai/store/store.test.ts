import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { KeyRing, KeyError } from '../../../src/crypt/index.js';
import {
  openStores,
  rekeyStores,
  sharedDocument,
  storesExist,
  type KeyRange,
  type Store,
  type StoreLocation,
  type Stores,
} from '../../../src/ai/store/index.js';
import { connectNats, type NatsLink } from '../../../src/nats/index.js';
import { NATS_MISSING, startNatsServer, type TestNatsServer } from '../../support/nats-server.js';

const open: Stores[] = [];
const folders: string[] = [];
let server: TestNatsServer | undefined;
const links: NatsLink[] = [];

afterEach(async () => {
  for (const stores of open.splice(0)) await stores.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

afterAll(async () => {
  for (const link of links) await link.close();
  await server?.end();
});

/** Each test gets buckets of its own. */
async function natsLocation(): Promise<StoreLocation> {
  server ??= await startNatsServer();
  const link = await connectNats({ urls: [server.url], name: 'test' }, Date.now);
  links.push(link);
  return { kind: 'nats', link, prefix: `test-${links.length}`, replicas: 1 };
}

function location(kind: 'memory' | 'lmdb'): StoreLocation {
  if (kind === 'memory') return { kind };
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  folders.push(folder);
  return { kind, folder: join(folder, 'deep', 'ai') };
}

async function storesAt(at: StoreLocation): Promise<Stores> {
  const stores = await openStores(at);
  open.push(stores);
  return stores;
}

async function keys(store: Store, range?: KeyRange): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.scan(range)) found.push(key);
  return found;
}

const KEYS = new KeyRing([Buffer.alloc(32, 1)]);
const OTHER = new KeyRing([Buffer.alloc(32, 2), Buffer.alloc(32, 1)]);

const PLACES: readonly {
  readonly name: string;
  readonly place: () => Promise<StoreLocation>;
  readonly store?: string;
  readonly skipped: boolean;
}[] = [
  { name: 'memory', place: () => Promise.resolve(location('memory')), skipped: false },
  { name: 'lmdb', place: () => Promise.resolve(location('lmdb')), skipped: false },
  { name: 'lmdb, encrypted', place: () => Promise.resolve({ ...location('lmdb'), keys: KEYS }), skipped: false },
  {
    name: 'lmdb, encrypted, with hashed keys',
    place: () => Promise.resolve({ ...location('lmdb'), keys: KEYS }),
    store: 'journal',
    skipped: false,
  },
  { name: `a NATS server${NATS_MISSING}`, place: natsLocation, skipped: NATS_MISSING !== '' },
];

for (const { name, place, store: called = 'things', skipped } of PLACES)
  describe.skipIf(skipped)(`a store in ${name}`, () => {
    const setup = async (): Promise<Store> => (await storesAt(await place())).open(called);

    it('gives back what was put, and nothing else', async () => {
      const store = await setup();
      await store.put('a', 'one');
      await store.put('a', 'two');
      expect(await store.get('a')).toMatchObject({ key: 'a', value: 'two' });
      expect(await store.get('b')).toBeUndefined();
      await store.remove('a');
      expect(await store.get('a')).toBeUndefined();
      await store.remove('a');
    });

    it('puts only if absent when asked to', async () => {
      const store = await setup();
      expect(await store.putIfAbsent('a', 'one')).toBe(true);
      expect(await store.putIfAbsent('a', 'two')).toBe(false);
      expect(await store.get('a')).toMatchObject({ value: 'one' });
    });

    it('sets only what nobody changed meanwhile', async () => {
      const store = await setup();
      await store.put('a', 'one');
      const revision = (await store.get('a'))?.revision ?? 0;
      expect(await store.compareAndSet('a', 'two', revision)).toBe(true);
      expect(await store.compareAndSet('a', 'three', revision)).toBe(false);
      expect(await store.compareAndSet('b', 'new', 1)).toBe(false);
      expect(await store.get('a')).toMatchObject({ value: 'two' });
      expect(await store.get('b')).toBeUndefined();
    });

    it('lets exactly one of many racing writers win', async () => {
      const store = await setup();
      const wins = await Promise.all(Array.from({ length: 20 }, (_, i) => store.putIfAbsent('a', String(i))));
      expect(wins.filter(Boolean)).toHaveLength(1);
    });

    // Hashes have no order.
    it.skipIf(called === 'journal')('scans keys in their order, both ways, for any number of them', async () => {
      const store = await setup();
      const all = Array.from({ length: 700 }, (_, i) => `k${String(i).padStart(4, '0')}`);
      await Promise.all([...all].reverse().map((key) => store.put(key, key)));
      expect(await keys(store)).toEqual(all);
      expect(await keys(store, { from: 'k0100', to: 'k0600' })).toEqual(all.slice(100, 600));
      expect(await keys(store, { from: 'k0100', to: 'k0600', reverse: true })).toEqual(all.slice(100, 600).reverse());
      expect(await keys(store, { from: 'z' })).toEqual([]);
    });

    it('keeps texts of any kind and size', async () => {
      const store = await setup();
      const text = '你好 😀 \u0000 "quoted"\n'.repeat(60_000);
      await store.put('a', text);
      expect((await store.get('a'))?.value).toBe(text);
    });

    it('keeps stores apart', async () => {
      const stores = await storesAt(await place());
      await stores.open('one').put('a', '1');
      expect(await stores.open('two').get('a')).toBeUndefined();
      expect(await stores.open('one').get('a')).toBeDefined();
    });

    it('holds documents that many change at once without losing a change', async () => {
      const store = await setup();
      const codec = { empty: 0, parse: Number, print: String };
      const [one, two] = [sharedDocument(store, 'n', codec), sharedDocument(store, 'n', codec)];
      const increment = (n: number) => ({ document: n + 1, result: n });
      const seen = await Promise.all(
        Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? one : two).update(increment)),
      );
      expect(new Set(seen).size).toBe(300);
      expect(await one.read()).toBe(300);
    });

    it('notifies only the caller whose change failed', async () => {
      const document = sharedDocument(await setup(), 'n', { empty: 0, parse: Number, print: String });
      const failing = document.update(() => {
        throw new Error('no');
      });
      const fine = document.update((n) => ({ document: n + 1, result: n }));
      await expect(failing).rejects.toThrow('no');
      expect(await fine).toBe(0);
    });
  });

describe('a store on disk', () => {
  it('is there again after closing', async () => {
    const at = location('lmdb');
    const first = await openStores(at);
    await first.open('things').put('a', 'one');
    await first.close();
    expect(await (await storesAt(at)).open('things').get('a')).toMatchObject({ value: 'one' });
  });

  it('can be read and written by its owner only', async () => {
    const at = location('lmdb');
    await (await storesAt(at)).open('things').put('a', 'one');
    if (at.kind !== 'lmdb') throw new Error(at.kind);
    expect(statSync(at.folder).mode & 0o777).toBe(0o700);
    for (const file of ['data.mdb', 'lock.mdb']) expect(statSync(join(at.folder, file)).mode & 0o777).toBe(0o600);
  });
});

describe('a folder whose file is not a database', () => {
  it.each([
    ['of noise', Buffer.alloc(20_000, 'noise')],
    ['of a few bytes', Buffer.from('x')],
  ])('is refused by name (%s), and not handed to LMDB, which would crash', async (_, content) => {
    const at = location('lmdb');
    if (at.kind !== 'lmdb') return;
    mkdirSync(at.folder, { recursive: true });
    writeFileSync(join(at.folder, 'data.mdb'), content);
    await expect(openStores(at)).rejects.toThrow(`${join(at.folder, 'data.mdb')} is damaged`);
  });

  it('says whether anything was ever kept, making nothing', async () => {
    const at = location('lmdb');
    expect(storesExist(at)).toBe(false);
    expect(storesExist({ kind: 'memory' })).toBe(false);
    await storesAt(at);
    expect(storesExist(at)).toBe(true);
  });
});

describe('stores that are encrypted from some day on', () => {
  it('give what was stored before, and are rekeyed whole', async () => {
    const at = location('lmdb');
    const plain = await openStores(at);
    await plain.open('journal').put('aa', '{"answer":"before"}');
    await plain.open('ledger').put('1', '{"entry":"before"}');
    await plain.close();

    const sealed = await openStores({ ...at, keys: KEYS });
    const journal = sealed.open('journal');
    const found = await journal.get('aa');
    expect(found).toMatchObject({ key: 'aa', value: '{"answer":"before"}' });
    expect(await journal.putIfAbsent('aa', '{}')).toBe(false);
    expect(await journal.compareAndSet('aa', '{"answer":"changed"}', found?.revision ?? 0)).toBe(true);
    await journal.put('ab', '{"answer":"after"}');
    expect(await keys(journal)).toHaveLength(2);
    expect(await keys(journal, { from: 'ab', to: 'ab~' })).toEqual(['ab']);
    await sealed.close();

    expect(await rekeyStores({ ...at, keys: OTHER })).toBeGreaterThan(3);
    expect(await rekeyStores({ ...at, keys: OTHER })).toBe(0);
    const rekeyed = await openStores({ ...at, keys: new KeyRing([Buffer.alloc(32, 2)]) });
    expect(await rekeyed.open('journal').get('aa')).toMatchObject({ value: '{"answer":"changed"}' });
    expect(await rekeyed.open('journal').get('ab')).toMatchObject({ value: '{"answer":"after"}' });
    expect(await rekeyed.open('ledger').get('1')).toMatchObject({ value: '{"entry":"before"}' });
    await rekeyed.close();
    for (const keys of [KEYS, undefined]) {
      const wrong = await openStores({ ...at, keys });
      await expect(wrong.open('ledger').get('1')).rejects.toThrow(KeyError);
      await wrong.close();
    }
  });
});
