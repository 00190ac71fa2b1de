import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { mergeSources, openSource, SourceError, type Block } from '../../src/sources/index.js';
import { followSource } from '../../src/sources/follow-source.js';
import { scratch } from '../support/cli.js';
import { each } from '../support/runs.js';

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

  each(4)<[string, (whole: Buffer) => Buffer, RegExp, 'all' | 'most']>([
    ['with garbage behind it', (whole) => Buffer.concat([whole, Buffer.from('garbage')]), /damaged gzip data/, 'all'],
    ['with a bad checksum', (whole) => whole.fill(1, whole.length - 8), /damaged gzip data/, 'all'],
    ['whose checksum is cut', (whole) => whole.subarray(0, -3), /ends too early/, 'all'],
    ['that is cut', (whole) => whole.subarray(0, -whole.length >> 1), /ends too early/, 'most'],
    [
      'behind which is a damaged one',
      (whole) => Buffer.concat([whole, whole.subarray(0, 12), whole]),
      /damaged/,
      'all',
    ],
  ])('gives what comes out of a compressed file %s, then says so', async (_, damage, words, part) => {
    for (const lines of [3, 50_000]) {
      const text = Array.from({ length: lines }, (_line, n) => `{"n":${n * 7919}}\n`).join('');
      const path = join(scratch(), 'in.gz');
      writeFileSync(path, damage(gzipSync(text)));
      let seen = '';
      const read = async (): Promise<void> => {
        for await (const block of openSource(path, options).blocks(new AbortController().signal)) {
          if (block.kind === 'lines') seen += block.bytes.toString();
        }
      };
      await expect(read()).rejects.toThrow(words);
      expect(seen.slice(0, text.length)).toBe(text.slice(0, seen.length));
      if (part === 'all' || lines > 3) expect(seen.length).toBeGreaterThanOrEqual(part === 'all' ? text.length : 1000);
    }
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

describe('a followed file that changes under way', () => {
  /** Follows a file, and does a step each time everything that there was has come. */
  async function follow(
    path: string,
    steps: readonly (readonly [whenSeen: string, step: () => void])[],
    options: Parameters<typeof followSource>[2] = {},
  ): Promise<string[]> {
    const stop = new AbortController();
    const seen: string[] = [];
    let at = 0;
    for await (const block of followSource(path, 1000, options).blocks(stop.signal)) {
      if (block.kind === 'lines') seen.push(...block.bytes.toString().split('\n').filter(Boolean));
      while (steps[at]?.[0] === seen.join(' ')) steps[at++]?.[1]();
      if (at === steps.length) stop.abort();
    }
    return seen;
  }
  const nothing = (): void => undefined;

  it('is read from its start when it was cut and has grown beyond what it was', async () => {
    const path = join(scratch(), 'log');
    writeFileSync(path, 'one\ntwo\n');
    const cut = (): void => writeFileSync(path, 'three\nfour\nfive\n');
    const seen = await follow(path, [
      ['one two', cut],
      ['one two three four five', nothing],
    ]);
    expect(seen).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  it('is read from its start when another one comes to its name, also after it was gone', async () => {
    const path = join(scratch(), 'log');
    writeFileSync(path, 'one\n');
    const seen = await follow(path, [
      ['one', () => rmSync(path)],
      ['one', () => writeFileSync(path, 'two\n')],
      [
        'one two',
        () => {
          writeFileSync(`${path}.new`, 'three\n');
          renameSync(`${path}.new`, path);
        },
      ],
      ['one two three', nothing],
    ]);
    expect(seen).toEqual(['one', 'two', 'three']);
  });

  it('continues where it was when it was rewritten with the same content', async () => {
    const path = join(scratch(), 'log');
    writeFileSync(path, '{"event":"one"}\n{"event":"two"}\n');
    const seen = await follow(path, [
      [
        '{"event":"one"} {"event":"two"}',
        () => {
          writeFileSync(`${path}.new`, '{"event":"one"}\n{"event":"two"}\n{"event":"three"}\n');
          renameSync(`${path}.new`, path);
        },
      ],
      ['{"event":"one"} {"event":"two"} {"event":"three"}', nothing],
    ]);
    expect(seen).toHaveLength(3);
  });

  it('is read on under its new name until its writer knows of the new file, however long that takes', async () => {
    const path = join(scratch(), 'log');
    writeFileSync(path, 'one\n');
    let ms = 0;
    const rotate = (): void => {
      renameSync(path, `${path}.1`);
      writeFileSync(path, 'four\n');
    };
    // One write each 1.9 s, for the first ten seconds.
    const late = [100, 2000, 3900, 5800, 7700];
    const seen = await follow(
      path,
      [
        ['one', rotate],
        ['one two two two two two four', nothing],
      ],
      {
        now: () => ms,
        wait: async () => {
          await Promise.resolve();
          ms += 100;
          if (late.includes(ms)) appendFileSync(`${path}.1`, 'two\n');
        },
      },
    );
    expect(seen).toEqual(['one', ...late.map(() => 'two'), 'four']);
  });

  it('is abandoned when it is never quiet under its new name, which is reported', async () => {
    const path = join(scratch(), 'log');
    writeFileSync(path, 'one\n');
    let ms = 0;
    const notices: string[] = [];
    const stop = new AbortController();
    const seen: string[] = [];
    const source = followSource(path, 1000, {
      now: () => ms,
      onNotice: (message) => notices.push(message),
      wait: async () => {
        await Promise.resolve();
        ms += 1000;
        appendFileSync(`${path}.1`, 'old\n');
      },
    });
    for await (const block of source.blocks(stop.signal)) {
      const text = block.kind === 'lines' ? block.bytes.toString() : '';
      seen.push(...text.split('\n').filter(Boolean));
      if (text === 'one\n') {
        renameSync(path, `${path}.1`);
        writeFileSync(path, 'new\n');
      }
      if (text === 'new\n') stop.abort();
    }
    expect(new Set(seen)).toEqual(new Set(['one', 'old', 'new']));
    expect(notices).toEqual([`${path}: the previous file is still being written to; new lines in it are not read`]);
  });

  it('waits for the newline of its last line, and no longer than half a minute', async () => {
    const path = join(scratch(), 'log');
    writeFileSync(path, 'one\ntw');
    let ms = 0;
    const waits: number[] = [];
    const notices: string[] = [];
    const seen = await follow(
      path,
      [
        ['one two', () => appendFileSync(path, 'thr')],
        ['one two thr', () => appendFileSync(path, 'ee\n')],
        ['one two thr ee', nothing],
      ],
      {
        now: () => ms,
        onNotice: (message) => notices.push(message),
        wait: async () => {
          await Promise.resolve();
          waits.push(ms);
          if (waits.length === 100) appendFileSync(path, 'o\n');
          ms += 200;
        },
      },
    );
    expect(seen).toEqual(['one', 'two', 'thr', 'ee']);
    expect(notices).toEqual([`${path}: the last line has had no newline for 30 s and is treated as complete`]);
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
