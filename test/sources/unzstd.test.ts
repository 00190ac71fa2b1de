import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasZstd, requireZstd } from '../../src/files/index.js';
import { openSource } from '../../src/sources/index.js';
import { scratch } from '../support/cli.js';

const options = { lineBytesMax: 1 << 20, follow: false, onNotice: () => undefined };

if (!hasZstd()) console.warn(`${process.version} has no zstd: only that it is refused is tested`);

function packed(text: string): Buffer {
  const { zstdCompressSync, constants } = requireZstd();
  return zstdCompressSync(Buffer.from(text), { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}

/** What is read of a file, and how it ends. */
async function read(content: Buffer): Promise<{ readonly seen: string; readonly failure: string | undefined }> {
  const path = join(scratch(), 'in.zst');
  writeFileSync(path, content);
  let seen = '';
  try {
    for await (const block of openSource(path, options).blocks(new AbortController().signal)) {
      if (block.kind === 'lines') seen += block.bytes.toString();
    }
  } catch (error) {
    return { seen, failure: String(error).replace(path, 'in.zst') };
  }
  return { seen, failure: undefined };
}

const lines = (count: number): string => Array.from({ length: count }, (_, n) => `{"n":${n * 7919}}\n`).join('');

describe('a .zst file', () => {
  it.skipIf(hasZstd())('is refused at once where Node has no zstd, with what to do', () => {
    const path = join(scratch(), 'in.zst');
    writeFileSync(path, '');
    expect(() => openSource(path, options)).toThrow(
      /^cannot open .*in\.zst: zstd needs Node 22\.15, or 23\.8, or later, and this is v.*; pipe it through zstd -dc$/,
    );
  });

  it.skipIf(!hasZstd())('is decompressed, all of its frames', async () => {
    const text = lines(50_000);
    expect(await read(packed(text))).toEqual({ seen: text, failure: undefined });
    const many = Array.from({ length: 300 }, (_, n) => `${n}\n`);
    expect(await read(Buffer.concat(many.map(packed)))).toEqual({ seen: many.join(''), failure: undefined });
    const skipped = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const both = Buffer.concat([skipped, packed('1\n'), skipped, packed('2\n'), skipped]);
    expect(await read(both)).toEqual({ seen: '1\n2\n', failure: undefined });
    for (const nothing of [Buffer.alloc(0), packed(''), skipped]) {
      expect(await read(nothing)).toEqual({ seen: '', failure: undefined });
    }
  });

  it.skipIf(!hasZstd()).each<[string, (whole: Buffer) => Buffer, string, 'all' | 'most']>([
    ['with garbage behind it', (whole) => Buffer.concat([whole, Buffer.from('garbage')]), 'damaged zstd data', 'all'],
    ['with a bad checksum', (whole) => whole.fill(1, whole.length - 4), 'damaged zstd data', 'all'],
    ['whose checksum is cut', (whole) => whole.subarray(0, -3), 'the zstd data ends too early', 'all'],
    ['that is cut', (whole) => whole.subarray(0, -whole.length >> 1), 'the zstd data ends too early', 'most'],
    [
      'behind which is a cut one',
      (whole) => Buffer.concat([whole, whole.subarray(0, -5)]),
      'the zstd data ends too early',
      'all',
    ],
  ])('gives what comes out %s, then says so', async (_, damage, words, part) => {
    for (const count of [3, 200_000]) {
      const text = lines(count);
      const { seen, failure } = await read(damage(packed(text)));
      expect(failure).toBe(`SourceError: cannot read in.zst: ${words}`);
      expect(seen.slice(0, text.length)).toBe(text.slice(0, seen.length));
      // The last line may wait for more.
      const least = part === 'all' ? text.trimEnd().lastIndexOf('\n') : count > 3 ? 1000 : 0;
      expect(seen.length).toBeGreaterThanOrEqual(least);
    }
  });
});
