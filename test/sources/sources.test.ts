import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { mergeSources, openSource, SourceError, type Block } from '../../src/sources/index.js';
import { scratch } from '../support/cli.js';

const options = { lineBytesMax: 1 << 20, follow: false };

async function readAll(blocks: AsyncIterable<Block>): Promise<string> {
  let text = '';
  for await (const block of blocks) if (block.kind === 'lines') text += block.bytes.toString();
  return text;
}

describe('a file source', () => {
  it('gives every byte of a large file', async () => {
    const path = join(scratch(), 'in.ndjson');
    const text = Array.from({ length: 100_000 }, (_, i) => `{"n":${i}}\n`).join('');
    writeFileSync(path, text);
    const source = openSource(path, options);
    expect(source.sizeBytes).toBe(text.length);
    expect(await readAll(source.blocks(new AbortController().signal))).toBe(text);
  });

  it('decompresses .gz, several members in one file too', async () => {
    const path = join(scratch(), 'in.ndjson.gz');
    writeFileSync(path, Buffer.concat([gzipSync('1\n2\n'), gzipSync('3\n')]));
    expect(await readAll(openSource(path, options).blocks(new AbortController().signal))).toBe('1\n2\n3\n');
  });

  it('gives what could be read of a cut .gz, then says what is wrong', async () => {
    const path = join(scratch(), 'in.ndjson.gz');
    writeFileSync(path, gzipSync('1\n2\n').subarray(0, -6));
    const read = readAll(openSource(path, options).blocks(new AbortController().signal));
    await expect(read).rejects.toThrow(/cannot read .*in\.ndjson\.gz: the gzip data ends too early/);
  });

  it('is refused at once when it is missing or a folder', () => {
    const folder = scratch();
    expect(() => openSource(join(folder, 'none'), options)).toThrow(SourceError);
    expect(() => openSource(folder, options)).toThrow(/it is a directory/);
  });
});

describe('a followed file', () => {
  it('is refused at once when it is missing or a folder', () => {
    const folder = scratch();
    expect(() => openSource(join(folder, 'none'), { ...options, follow: true })).toThrow(/no such file/);
    expect(() => openSource(folder, { ...options, follow: true })).toThrow(/it is a directory/);
  });

  it('is read to its end where it is a device', async () => {
    const source = openSource('/dev/null', { ...options, follow: true });
    expect(await readAll(source.blocks(new AbortController().signal))).toBe('');
  });

  it('gives what is appended, over truncation and rotation', async () => {
    const path = join(scratch(), 'app.log');
    writeFileSync(path, '1\n');
    const stop = new AbortController();
    const seen: string[] = [];
    const steps: (() => void)[] = [
      () => appendFileSync(path, '2\n'),
      () => {
        truncateSync(path);
        appendFileSync(path, '3\n');
      },
      () => {
        renameSync(path, `${path}.1`);
        appendFileSync(`${path}.1`, '4\n');
        writeFileSync(path, '5\n6\n');
      },
      () => stop.abort(),
    ];
    const wanted = ['1', '2', '3', '6'];
    for await (const block of openSource(path, { ...options, follow: true }).blocks(stop.signal)) {
      if (block.kind === 'lines') seen.push(...block.bytes.toString().trim().split('\n'));
      if (seen.at(-1) === wanted[0]) {
        wanted.shift();
        steps.shift()?.();
      }
    }
    expect(seen).toEqual(['1', '2', '3', '4', '5', '6']);
  });
});

describe('several sources', () => {
  it('are read one after the other', async () => {
    const folder = scratch();
    const paths = ['b', 'a'].map((name) => join(folder, name));
    for (const path of paths) writeFileSync(path, `"${path.at(-1)}"`);
    const sources = paths.map((path) => openSource(path, options));
    expect(await readAll(mergeSources(sources, 'in-order', new AbortController().signal))).toBe('"b""a"');
  });

  it('are read side by side when they never end', async () => {
    const folder = scratch();
    const paths = ['a', 'b'].map((name) => join(folder, name));
    for (const path of paths) writeFileSync(path, `"${path.at(-1)}"\n`);
    const stop = new AbortController();
    const sources = paths.map((path) => openSource(path, { ...options, follow: true }));
    const seen = new Set<string>();
    for await (const block of mergeSources(sources, 'side-by-side', stop.signal)) {
      seen.add(block.source);
      if (seen.size === 2) stop.abort();
    }
    expect([...seen].sort()).toEqual(paths);
  });
});
