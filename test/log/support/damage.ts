import { truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { KeyRing } from '../../../src/crypt/index.js';
import { nodeWorld } from '../../../src/log/index.js';
import { KEYS } from './keys.js';
import { emptyFolder, filesIn, openLog, readFolder, shortEntry, verifyFolder, type StoredEvent } from './log-folder.js';

export const VALUES = ['one', [2, 'ü'], null];

export interface Sound {
  readonly folder: string;
  readonly keys?: KeyRing | undefined;
  readonly events: readonly StoredEvent[];
  readonly files: readonly { readonly path: string; readonly content: Buffer }[];
}

/** Two segments of which each byte will be damaged in turn. */
export async function soundLog(pack: boolean, keys?: KeyRing): Promise<Sound> {
  const folder = await emptyFolder();
  const log = await openLog(folder, { segmentBytesMax: 270, pack }, nodeWorld(keys));
  for (const value of VALUES) await log.append([shortEntry(value)]);
  await log.packed();
  await log.close();
  const files = [
    ...(await filesIn(folder, '.ndjson')),
    ...(await filesIn(folder, '.gz')),
    ...(await filesIn(folder, '.enc')),
    ...(await filesIn(folder, '.head')),
  ];
  return { folder, keys, files, events: (await readFolder(folder, {}, keys)).events };
}

/** What must hold of a reading of a damaged log: no event that was not stored, in order, and none lost without a word. */
export async function expectHonest({ folder, keys, events }: Sound, what: string): Promise<void> {
  const reading = await readFolder(folder, {}, keys);
  const expected = events.filter(({ id }) => reading.events.some((event) => event.id === id));
  expect(reading.events, what).toEqual(expected);
  if (reading.events.length < events.length) expect(reading.damage, what).not.toEqual([]);
  for (const { file, offset, message } of reading.damage) {
    expect(message, what).toContain(file);
    expect(offset, what).toBeGreaterThanOrEqual(0);
  }
}

/** What holds of a log that is damaged at any byte, tried at every `step`th one. */
export function describeDamage(step: number): void {
  describe.each([
    ['plain', false, undefined],
    ['packed', true, undefined],
    ['encrypted', false, KEYS],
    ['packed and encrypted', true, KEYS],
  ])('a %s log', (_form, pack, keys) => {
    it('gives no wrong event and hides no loss when any single byte is another', async () => {
      const sound = await soundLog(pack, keys);
      expect(sound.events.map(({ data }) => data)).toEqual(VALUES);
      expect(sound.files.length).toBeGreaterThan(1);
      for (const { path, content } of sound.files) {
        for (let at = 0; at < content.length; at += step) {
          const damaged = Buffer.from(content);
          // Every kind of flip takes its turn: one bit, a newline, zero.
          damaged[at] = at % 3 === 0 ? (content[at] ?? 0) ^ (1 << (at % 8)) : at % 3 === 1 ? 0x0a : 0;
          if (damaged[at] === content[at]) damaged[at] = (content[at] ?? 0) ^ 0x20;
          await writeFile(path, damaged);
          await expectHonest(sound, `${path}: byte ${at}`);
          const isGuarded = !pack || keys !== undefined;
          if (isGuarded && at % (7 * step) === 0)
            expect(await verifyFolder(sound.folder, keys), `byte ${at}`).not.toEqual([]);
        }
        await writeFile(path, content);
      }
    });

    it('gives no wrong event and hides no loss when a segment is cut at any byte', async () => {
      const sound = await soundLog(pack, keys);
      const cuttable = sound.files.filter(
        // Only of an encrypted log is it known up to where it was acknowledged.
        ({ path }) =>
          path.includes('.ndjson') &&
          pack === path.includes('.gz') &&
          (keys !== undefined || !path.includes('-0000000002.')),
      );
      expect(cuttable.length).toBeGreaterThan(0);
      for (const { path, content } of cuttable) {
        for (let cut = 0; cut < content.length; cut += step) {
          await truncate(path, cut);
          await expectHonest(sound, `${path}: cut at ${cut}`);
          if (cut % (7 * step) === 0) expect(await verifyFolder(sound.folder, keys), `cut at ${cut}`).not.toEqual([]);
          await writeFile(path, content);
        }
      }
    });
  });
}
