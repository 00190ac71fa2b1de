import {
  appendFileSync,
  closeSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hasZstd, nodeFileSystem, requireZstd, type FileSystem } from '../../../src/files/index.js';
import { FolderBench, type BenchOptions } from './folder-bench.js';
import { each } from '../../support/runs.js';

interface Packer {
  /** How names of such files end. */
  readonly end: string;
  readonly pack: (text: string | Buffer) => Buffer;
}

const GZIP: Packer = { end: 'gz', pack: gzipSync };
const ZSTD: Packer = {
  end: 'zst',
  pack(text) {
    const { zstdCompressSync, constants } = requireZstd();
    return zstdCompressSync(Buffer.from(text), { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  },
};
const PACKERS = hasZstd() ? [GZIP, ZSTD] : [GZIP];

const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => `${from + n}\n`).join('');

const objects = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => `{"n":${from + n},"by":"a writer"}\n`).join('');

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

/** Runs a story in a watched folder that is looked into. */
async function inFolder(story: (bench: FolderBench) => Promise<void>, options: BenchOptions = {}): Promise<void> {
  const bench = new FolderBench(options);
  await bench.start();
  try {
    await story(bench);
  } finally {
    await bench.close();
  }
}

async function ns(bench: FolderBench): Promise<unknown[]> {
  return (await bench.events()).map((event) => {
    const data = JSON.parse(event) as { n?: number };
    return data.n ?? data;
  });
}

describe.concurrent('a watched folder', () => {
  it('is stored line by line, each once, wherever a crash comes', async () => {
    const bench = new FolderBench();
    writeFileSync(bench.at('a.ndjson'), numbers(0, 9));
    writeFileSync(bench.at('b.ndjson.gz'), gzipSync(numbers(9, 14)));
    for (const when of ['before', 'after'] as const) {
      for (const appends of [0, 1, 0, 1]) {
        bench.dieAt({ appends, when });
        if (!bench.isRunning) await bench.start();
        await bench.look();
      }
    }
    if (!bench.isRunning) await bench.start();
    await bench.look();
    expect((await bench.events()).map(Number)).toEqual(Array.from({ length: 14 }, (_, n) => n));
    await bench.close();
  });

  it('stores a line with a key of its own once, and continues behind it after a crash', async () => {
    const bench = new FolderBench({ idempotencyPointer: '/k' });
    writeFileSync(bench.at('a'), '{"n":1,"k":"x"}\n{"n":2}\n{"n":3,"k":"x"}\n{"n":4}\n{"n":5,"k":"y"}\n{"n":6}\n');
    bench.dieAt({ appends: 1, when: 'after' });
    await bench.start();
    expect(await bench.look()).toBe(false);
    await bench.start();
    await bench.look();
    expect(await ns(bench)).toEqual([1, 2, 4, 5, 6]);
    await bench.close();
  });

  it('gives broken lines a record of their own with the line it is, also in a file that has grown', () =>
    inFolder(async (bench) => {
      writeFileSync(bench.at('a'), `1\nbroken\n\n"${'x'.repeat(5000)}"\n`);
      await bench.look();
      appendFileSync(bench.at('a'), '2\nbroken\n');
      await bench.look();
      const events = await bench.events();
      expect([events[0], events[1], events[3]]).toEqual(['1', '{"raw":"broken"}', '2']);
      expect(events[2]).toMatch(/^\{"raw":"\\"x{4095}","raw_truncated_from":5002\}$/);
      expect(await bench.refusedLines()).toEqual([2, 4, 6]);
      expect(bench.told).toEqual(['stored a 3', 'stored a 2']);
    }));

  it('reads a growing file on from its place, not from its start', () =>
    inFolder(async (bench) => {
      const path = bench.at('big');
      writeFileSync(path, objects(0, 3000));
      await bench.look();
      // In the middle, where nobody looks: whoever counted lines from the start would lose or double some.
      const file = openSync(path, 'r+');
      writeSync(file, '\n'.repeat(1000), 20_000);
      closeSync(file);
      appendFileSync(path, objects(3000, 3001));
      await bench.look();
      expect(await ns(bench)).toEqual(Array.from({ length: 3001 }, (_, n) => n));
    }));

  it.each([
    [
      'cut, and then new lines',
      (path: string) => {
        truncateSync(path);
        appendFileSync(path, '7\n8\n9\n');
      },
    ],
    [
      'cut to nothing',
      (path: string) => {
        truncateSync(path);
      },
    ],
    [
      'cut, and then more than there was',
      (path: string) => {
        truncateSync(path);
        appendFileSync(path, numbers(20, 30));
      },
    ],
    [
      'written anew with as many bytes',
      (path: string) => {
        writeFileSync(path, '6\n7\n8\n9\n0\n');
      },
    ],
    [
      'written anew with as many bytes and the same time',
      (path: string) => {
        const { atime, mtime } = statSync(path);
        writeFileSync(path, '6\n7\n8\n9\n0\n');
        utimesSync(path, atime, mtime);
      },
    ],
    [
      'removed and recreated',
      (path: string) => {
        rmSync(path);
        writeFileSync(path, '6\n7\n8\n');
      },
    ],
    [
      'replaced',
      (path: string) => {
        writeFileSync(join(path, '../.x'), '6\n');
        renameSync(join(path, '../.x'), path);
      },
    ],
  ])('takes a file that was %s for another', async (_, change) => {
    for (const isRunning of [true, false]) {
      await inFolder(async (bench) => {
        const path = bench.at('a.ndjson');
        writeFileSync(path, numbers(1, 6));
        await bench.look();
        if (!isRunning) await bench.stop();
        change(path);
        if (!isRunning) await bench.start();
        await bench.look();
        await bench.look();
        const now = readFileSync(path, 'utf8').split('\n').slice(0, -1);
        expect(await bench.events()).toEqual(['1', '2', '3', '4', '5', ...now]);
      });
    }
  });

  it('stores a renamed file once, and the rest of it that came meanwhile', () =>
    inFolder(async (bench) => {
      writeFileSync(bench.at('d.ndjson'), objects(0, 5));
      await bench.look();
      renameSync(bench.at('d.ndjson'), bench.at('d2.ndjson'));
      writeFileSync(bench.at('d.ndjson'), objects(5, 7));
      appendFileSync(bench.at('d2.ndjson'), objects(7, 8));
      await bench.look();
      expect((await ns(bench)).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(bench.told).toEqual(['stored d.ndjson 5', 'stored d.ndjson 2', 'stored d2.ndjson 1']);
    }));

  it('reads a file from its start of which only the middle was rewritten, in place or by another one', () =>
    inFolder(async (bench) => {
      const report = (n: number): string => objects(1000, 1100) + objects(n, n + 10) + objects(2000, 2100);
      writeFileSync(bench.at('a'), report(3000));
      await bench.look();
      writeFileSync(bench.at('a'), report(4000));
      await bench.look();
      writeFileSync(join(bench.home, 'new'), report(5000));
      renameSync(join(bench.home, 'new'), bench.at('a'));
      await bench.look();
      rmSync(bench.at('a'));
      await bench.look();
      writeFileSync(bench.at('a'), report(6000));
      await bench.look();
      const middles = (await ns(bench)).filter((n) => Number(n) >= 3000);
      expect(middles).toEqual([3000, 4000, 5000, 6000].flatMap((n) => range(n, n + 10)));
    }));

  it('says so when a file is gone that had something in it that was not read yet', () =>
    inFolder(
      async (bench) => {
        writeFileSync(bench.at('a.ndjson'), objects(0, 2));
        writeFileSync(bench.at('b.ndjson'), objects(10, 12));
        await bench.look();
        appendFileSync(bench.at('a.ndjson'), objects(2, 3));
        await bench.look(1);
        rmSync(bench.at('a.ndjson'));
        rmSync(bench.at('b.ndjson'));
        await bench.look();
        expect(bench.told).toEqual(['stored a.ndjson 2', 'stored b.ndjson 2', 'gone unread a.ndjson']);
      },
      { patterns: ['*.ndjson'] },
    ));

  each(1)(PACKERS)(
    'knows a file again that was compressed to .$end, and stores what had come to it meanwhile',
    ({ end, pack }) =>
      inFolder(async (bench) => {
        writeFileSync(bench.at('a'), objects(0, 300));
        writeFileSync(bench.at('b'), objects(400, 403));
        await bench.look();
        appendFileSync(bench.at('a'), objects(300, 302));
        for (const name of ['a', 'b']) {
          writeFileSync(bench.at(`${name}.${end}`), pack(readFileSync(bench.at(name))));
          rmSync(bench.at(name));
        }
        writeFileSync(bench.at(`c.${end}`), pack(objects(0, 2)));
        await bench.look();
        appendFileSync(bench.at(`b.${end}`), pack(objects(403, 404)));
        await bench.look();
        const wanted = [...range(0, 300), ...range(400, 403), 300, 301, 0, 1, 403];
        expect(await ns(bench)).toEqual(wanted);
        const again = bench.told.filter((line) => line.startsWith('again'));
        expect(again).toEqual([`again a.${end} a`, `again b.${end} b`]);
      }),
  );

  it('stores the rest of a file whose new name the pattern does not mean, also after a restart, and no stranger', async () => {
    for (const restarts of [false, true]) {
      await inFolder(
        async (bench) => {
          writeFileSync(bench.at('a.ndjson'), objects(0, 2));
          writeFileSync(bench.at('b.ndjson'), objects(10, 12));
          await bench.look();
          if (restarts) await bench.stop();
          appendFileSync(bench.at('a.ndjson'), objects(2, 4));
          renameSync(bench.at('a.ndjson'), bench.at('a.ndjson.1'));
          writeFileSync(bench.at('a.ndjson'), objects(4, 6));
          // Another file in the inode of one that was read, and in that of none.
          renameSync(bench.at('b.ndjson'), bench.at('b.txt'));
          writeFileSync(bench.at('b.txt'), 'a stranger, and longer than what was read by some bytes\n');
          writeFileSync(bench.at('c.txt'), 'a stranger\n');
          if (restarts) await bench.start();
          await bench.look();
          expect((await ns(bench)).toSorted()).toEqual([0, 1, 10, 11, 2, 3, 4, 5]);
          appendFileSync(bench.at('a.ndjson.1'), objects(6, 7));
          await bench.look();
          expect(await ns(bench)).toHaveLength(9);
        },
        { patterns: ['*.ndjson'] },
      );
    }
  });

  it('stores a file of several names once, and a copy beside its original as a file of its own', () =>
    inFolder(async (bench) => {
      writeFileSync(bench.at('a'), objects(0, 2));
      linkSync(bench.at('a'), bench.at('b'));
      await bench.look();
      expect(await ns(bench)).toEqual([0, 1]);
      copyFileSync(bench.at('a'), bench.at('c'));
      await bench.look();
      expect(await ns(bench)).toEqual([0, 1, 0, 1]);
      // A name more, a name less: nothing is new.
      rmSync(bench.at('a'));
      await bench.look();
      expect(await ns(bench)).toHaveLength(4);
    }));

  it('knows the copy that logrotate leaves before it cuts, whichever name comes first, and whatever was not read yet', async () => {
    for (const name of ['app.log.1', '20240101-app.log']) {
      await inFolder(async (bench) => {
        const path = bench.at('app.log');
        writeFileSync(path, objects(0, 5));
        await bench.look();
        appendFileSync(path, objects(5, 7));
        copyFileSync(path, bench.at(name));
        truncateSync(path);
        appendFileSync(path, objects(7, 9));
        await bench.look();
        await bench.look();
        expect((await ns(bench)).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      });
    }
  });

  it('knows what came from another disk by its content, and says that nothing is new in what was recreated with the same', () =>
    inFolder(async (bench) => {
      writeFileSync(bench.at('a'), objects(0, 3));
      await bench.look();
      // There it keeps its inode, which the copy would get if it were free.
      renameSync(bench.at('a'), join(bench.home, 'kept'));
      await bench.look();
      copyFileSync(join(bench.home, 'kept'), bench.at('b'));
      await bench.look();
      expect(await ns(bench)).toEqual([0, 1, 2]);
      expect(bench.told).toEqual(['stored a 3', 'again b a']);
    }));

  it('is read again when it is removed and recreated, and is reported as gone meanwhile', () =>
    inFolder(async (bench) => {
      writeFileSync(bench.at('a'), '1\n');
      await bench.look();
      rmSync(bench.at(''), { recursive: true });
      await bench.look();
      writeFileSync(bench.at(''), 'a file in its place');
      await bench.look();
      rmSync(bench.at(''));
      mkdirSync(bench.at(''));
      writeFileSync(bench.at('a'), '22\n');
      await bench.look();
      expect(await bench.events()).toEqual(['1', '22']);
      // Whether the new file has the inode of the old one, and so looks rewritten, is up to the file system.
      const told = bench.told.filter((line) => line !== 'rewritten a');
      expect(told).toEqual(['stored a 1', 'folder failed', 'folder failed', 'folder back', 'stored a 1']);
    }));

  it('leaves links, folders and pipes alone, and what its name says is not finished, and says so once', async () => {
    await inFolder(async (bench) => {
      writeFileSync(join(bench.home, 'secret'), '"secret"\n');
      symlinkSync(join(bench.home, 'secret'), bench.at('link'));
      symlinkSync(join(bench.home, 'nowhere'), bench.at('broken link'));
      mkdirSync(bench.at('sub'));
      writeFileSync(bench.at('sub/file'), '"sub"\n');
      execFileSync('mkfifo', [bench.at('pipe')]);
      for (const name of ['.hidden', 'a~', 'b.tmp', 'two\nlines']) writeFileSync(bench.at(name), '"no"\n');
      writeFileSync(Buffer.concat([Buffer.from(bench.at('f')).subarray(0, -1), Buffer.from([0x66, 0xff])]), '"no"\n');
      writeFileSync(bench.at('good'), '1\n');
      for (let n = 0; n < 3; n++) await bench.look();
      expect(await bench.events()).toEqual(['1']);
      expect(bench.told.toSorted()).toEqual([
        'left .hidden its name begins with a dot',
        'left a~ its name ends in ~',
        'left b.tmp its name ends in .tmp',
        'left broken link it is a symbolic link',
        'left f\u00ff its name is not valid UTF-8',
        'left link it is a symbolic link',
        'left pipe it is not a regular file',
        'left sub it is a folder',
        'left two\nlines its name has a line break',
        'stored good 1',
      ]);
    });
    await inFolder(
      async (bench) => {
        for (const name of ['.x', 'b.tmp', 'other']) writeFileSync(bench.at(name), '1\n');
        await bench.look();
        expect(await bench.events()).toEqual(['1', '1']);
        expect(bench.told).toEqual(['stored .x 1', 'stored b.tmp 1']);
      },
      { patterns: ['.*', '*.tmp'] },
    );
  });

  it('tries a file again that could not be opened, and says so once', async () => {
    const locked = new Set(['a']);
    const fs: FileSystem = {
      ...nodeFileSystem,
      openUnlinked(path) {
        if (locked.has(basename(path))) throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
        return nodeFileSystem.openUnlinked(path);
      },
    };
    await inFolder(
      async (bench) => {
        writeFileSync(bench.at('a'), '1\n');
        writeFileSync(bench.at('b'), '2\n');
        await bench.look(90);
        locked.clear();
        await bench.look(30);
        expect(await bench.events()).toEqual(['2', '1']);
        expect(bench.told).toEqual(['failed a', 'stored b 1', 'stored a 1']);
      },
      { fs },
    );
  });

  it('is read in the order of the names', () =>
    inFolder(async (bench) => {
      for (const name of ['10', '2', 'b', 'B', 'a']) writeFileSync(bench.at(name), `"${name}"\n`);
      await bench.look();
      expect(await bench.events()).toEqual(['"10"', '"2"', '"B"', '"a"', '"b"']);
    }));
});

describe.concurrent('a last line without a newline', () => {
  it('waits for the rest of it, over restarts', () =>
    inFolder(async (bench) => {
      writeFileSync(bench.at('a'), '1\n{"n":2,"te');
      for (let n = 0; n < 5; n++) await bench.look();
      expect(await ns(bench)).toEqual([1]);
      await bench.stop();
      await bench.start();
      await bench.look();
      appendFileSync(bench.at('a'), 'xt":"hi"}\n3\n');
      await bench.look();
      expect(await ns(bench)).toEqual([1, 2, 3]);
      expect(bench.told).toEqual(['stored a 1', 'stored a 2']);
    }));

  const GIVES_UP: BenchOptions = { unfinishedLineMs: 3000 };

  each(2)([
    ['the file ends there', '', ['1', '2'], []],
    ['its newline comes', '\n', ['1', '2'], []],
    ['its newline comes as two bytes', '\r\n', ['1', '2'], []],
    ['its newline comes, and more', '\n3\n', ['1', '2', '3'], []],
    ['it goes on', '34\n', ['1', '2', '34'], ['went on a rest']],
    ['it goes on without an end', '34', ['1', '2', '34'], ['unfinished a 3 event']],
  ])(
    'that is an event is stored when it has waited long enough, and once if then %s',
    async (_, more, events, told) => {
      for (const isRestarted of [false, true]) {
        await inFolder(async (bench) => {
          writeFileSync(bench.at('a'), '1\n2');
          await bench.look(20);
          expect(await bench.events()).toEqual(['1', '2']);
          if (isRestarted) {
            await bench.stop();
            await bench.start();
          }
          appendFileSync(bench.at('a'), more);
          await bench.look(20);
          expect(await bench.events()).toEqual(events);
          expect(bench.told.filter((one) => !one.startsWith('stored'))).toEqual(['unfinished a 2 event', ...told]);
        }, GIVES_UP);
      }
    },
  );

  each(2)([
    ['the file ends there', '', [], []],
    ['its newline comes', '\n', [], []],
    ['its newline comes as two bytes, and more', '\r\n3\n', [3], []],
    ['it goes on', 'xt":"hi"}\n3\n', [2, 3], ['went on a whole']],
    ['it goes on without an end', 'xt":"hi"}', [2], ['went on a rest']],
  ])(
    'that is none is kept as a broken line, and read again from its start if then %s',
    async (_, more, events, told) => {
      const broken = { raw: '{"n":2,"te' };
      for (const isRestarted of [false, true]) {
        await inFolder(async (bench) => {
          writeFileSync(bench.at('a'), '1\n{"n":2,"te');
          await bench.look(20);
          if (isRestarted) {
            await bench.stop();
            await bench.start();
          }
          expect(await ns(bench)).toEqual([1, broken]);
          appendFileSync(bench.at('a'), more);
          await bench.look(20);
          expect(await ns(bench)).toEqual([1, broken, ...events]);
          expect(bench.told.filter((one) => one.startsWith('went'))).toEqual(
            told.filter((one) => one.includes('whole')),
          );
        }, GIVES_UP);
      }
    },
  );

  it('that has been stored is not stored again after a crash', async () => {
    for (const text of ['2', '{"n":2,"te', `"${'x'.repeat(2000)}`]) {
      for (const when of ['before', 'after'] as const) {
        const bench = new FolderBench({ ...GIVES_UP, lineBytesMax: 100 });
        writeFileSync(bench.at('a'), text);
        bench.dieAt({ appends: 0, when });
        await bench.start();
        expect(await bench.look(20)).toBe(false);
        await bench.start();
        await bench.look(20);
        appendFileSync(bench.at('a'), '\n5\n');
        await bench.look(20);
        const events = await bench.events();
        expect([events.length, events[1]]).toEqual([2, '5']);
        await bench.close();
      }
    }
  });
});

describe.concurrent.each(PACKERS)('a .$end file', ({ end, pack }) => {
  it('is read on when members were added, also within a line, and over restarts', () =>
    inFolder(async (bench) => {
      const path = bench.at(`a.${end}`);
      writeFileSync(path, pack(objects(0, 3)));
      await bench.look();
      appendFileSync(path, pack(`${objects(3, 4)}{"n":4,`));
      await bench.look();
      expect(await ns(bench)).toEqual([0, 1, 2, 3]);
      await bench.stop();
      await bench.start();
      appendFileSync(path, pack(`"by":"a writer"}\n${objects(5, 6)}`));
      await bench.look();
      renameSync(path, bench.at(`b.${end}`));
      await bench.look();
      expect(await ns(bench)).toEqual([0, 1, 2, 3, 4, 5]);
    }));

  it('whose end is missing waits for it, and is reported when that does not come', () =>
    inFolder(
      async (bench) => {
        const bytes = pack(objects(0, 2000));
        writeFileSync(bench.at(`a.${end}`), bytes.subarray(0, bytes.length / 2));
        await bench.look();
        expect(bench.told.filter((one) => one.startsWith('failed'))).toEqual([]);
        await bench.look(20);
        expect(bench.told.filter((one) => one.startsWith('failed'))).toEqual([`failed a.${end}`]);
        appendFileSync(bench.at(`a.${end}`), bytes.subarray(bytes.length / 2));
        await bench.look(20);
        const all = (await ns(bench)).filter((one) => typeof one === 'number');
        expect(all).toEqual(Array.from({ length: 2000 }, (_, n) => n));
      },
      { unfinishedLineMs: 3000 },
    ));

  it('that is damaged is reported once, and keeps no other from being read', () =>
    inFolder(async (bench) => {
      writeFileSync(bench.at(`b.ndjson.${end}`), 'this is no such data');
      writeFileSync(bench.at('c.ndjson'), '3\n');
      await bench.look(30);
      await bench.stop();
      await bench.start();
      await bench.look(30);
      expect(await bench.events()).toEqual(['3']);
      expect(bench.told).toEqual([`failed b.ndjson.${end}`, 'stored c.ndjson 1']);
    }));
});

it.skipIf(hasZstd())('a .zst file is told once where Node has no zstd, and read by one that has', () =>
  inFolder(async (bench) => {
    writeFileSync(bench.at('b.ndjson.zst'), 'anything');
    writeFileSync(bench.at('c.ndjson'), '3\n');
    await bench.look(30);
    appendFileSync(bench.at('b.ndjson.zst'), ' more');
    await bench.look(30);
    expect(await bench.events()).toEqual(['3']);
    expect(bench.told).toEqual(['failed b.ndjson.zst', 'stored c.ndjson 1']);
    expect(bench.errors).toEqual([
      expect.stringMatching(/^Error: zstd needs Node 22.15, .*; decompress it with zstd -d$/),
    ]);
  }),
);

it.skipIf(!hasZstd())('a .zst file that is damaged behind a whole frame, or empty, is read as far as it goes', () =>
  inFolder(async (bench) => {
    writeFileSync(bench.at('a.zst'), '');
    writeFileSync(bench.at('b.zst'), Buffer.concat([ZSTD.pack('1\n2\n'), Buffer.from('and this is none')]));
    await bench.look(30);
    expect(await bench.events()).toEqual(['1', '2']);
    expect(bench.told.sort()).toEqual(['failed b.zst', 'stored b.zst 2']);
  }),
);
