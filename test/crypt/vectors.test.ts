import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KeyRing, openText, parseKey, SealedReader, sealText, sealWhole } from '../../src/crypt/index.js';

const FOLDER = new URL('../../fixtures/crypt/', import.meta.url);

interface Vectors {
  readonly key: { readonly hex: string; readonly base64: string; readonly id: string };
  readonly text: { readonly store: string; readonly name: string; readonly plain: string; readonly sealed: string };
  readonly file: SealedVector;
  readonly bound: SealedVector;
}

interface SealedVector {
  readonly kind: string;
  readonly number: number;
  readonly log?: string;
  readonly pieces: readonly string[];
  readonly sealed: string;
}

const { key, text, file, bound } = JSON.parse(readFileSync(new URL('vectors.json', FOLDER), 'utf8')) as Vectors;
const ring = new KeyRing([parseKey(key.hex)]);
const hasPython = spawnSync('python3', ['-c', 'import cryptography']).status === 0;

describe('what another implementation encrypted', () => {
  it('has the same key id, in hexadecimal and base64', () => {
    expect(ring.currentId).toBe(key.id);
    expect(new KeyRing([parseKey(`${key.base64}\n`)]).currentId).toBe(key.id);
  });

  it('is decrypted: a text, a file with its frames, and one of a log, unless it is looked for in another', async () => {
    expect(openText(ring, text, text.sealed)).toBe(text.plain);
    for (const vector of [file, bound]) {
      const sealed = Buffer.from(vector.sealed, 'base64');
      const reader = await SealedReader.open(bytesOf(sealed), ring, vector, 'vectors.json');
      const content = Buffer.alloc(1000);
      const count = await reader.read(content, 0, content.length, 0);
      expect(content.toString('utf8', 0, count)).toBe(vector.pieces.join(''));
      expect(await reader.isEnded()).toBe(true);
      expect(reader.findings).toEqual([]);
      const other = { ...vector, log: '00'.repeat(16) };
      const strange = await SealedReader.open(bytesOf(sealed), ring, other, 'vectors.json');
      await expect(strange.read(content, 0, content.length, 0)).rejects.toThrow('log');
      expect(strange.findings).toMatchObject([{ message: expect.stringContaining('log') as unknown }]);
    }
  });
});

describe.runIf(hasPython)('another implementation', () => {
  it('decrypts what is encrypted here', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const given = join(folder, 'given.json');
    const place = { store: 'ledger', name: 'ü1' };
    const content = '{"data":"ß"}\n'.repeat(200_000);
    const sealed = sealWhole(ring, { kind: 'segment', number: 7 }, Buffer.from(content));
    writeFileSync(
      given,
      JSON.stringify({
        ...{ key: key.hex, ...place, text: sealText(ring, place, 'a € prompt') },
        ...{ kind: 'segment', number: 7, file: sealed.toString('base64') },
      }),
    );
    const script = fileURLToPath(new URL('make.py', FOLDER));
    const out = execFileSync('python3', [script, given], { encoding: 'utf8', maxBuffer: 1 << 26 });
    const read = JSON.parse(out) as { readonly text: string; readonly content: string };
    expect(read.text).toBe('a € prompt');
    expect(read.content === content).toBe(true);
  });
});

function bytesOf(content: Buffer): Parameters<typeof SealedReader.open>[0] {
  return {
    size: () => Promise.resolve(content.length),
    read: (into, start, end, position) =>
      Promise.resolve(
        content.copy(into, start, Math.min(position, content.length), Math.min(content.length, position + end - start)),
      ),
  };
}
