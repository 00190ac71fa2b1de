import {
  appendFileSync,
  copyFileSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { drive, letterFolder, letterLine } from './letter-folder.js';

/** What is in the files of a folder, unpacked, as we would have written it. */
function allText(folder: string): string {
  const files = readdirSync(folder).map((file) => ({ file, bytes: readFileSync(join(folder, file)) }));
  const texts = files.map(({ file, bytes }) => (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
  return texts.join('').replaceAll(' : ', ':');
}

const lines = (...ids: readonly string[]): string => ids.map((id) => letterLine(id)).join('');

/** Long enough to be told by its beginning. */
const LONG = 'x'.repeat(2000);

describe('dead letters', () => {
  it('are retried with one more retry, each once, over rotated and packed files', async () => {
    const { folder, path } = letterFolder();
    writeFileSync(join(folder, 'dead.000001.ndjson.gz'), gzipSync(lines('a', 'b')));
    writeFileSync(join(folder, 'dead.000002.ndjson'), letterLine('c', 4));
    writeFileSync(path, lines('d'));
    const first = await drive(path);
    expect(first.ids).toEqual(['a:1', 'b:1', 'c:5', 'd:1']);
    expect((await drive(path, first)).ids).toEqual([]);
    appendFileSync(path, letterLine('a', 1) + lines('e'));
    const second = await drive(path, first);
    expect(second.ids).toEqual(['a:2', 'e:1']);
    expect((await drive(path, second)).ids).toEqual([]);
  });

  it.each([0, 2])('that fail again and are kept nowhere stay, whichever they are (%i read ahead)', async (ahead) => {
    const { path } = letterFolder();
    writeFileSync(path, `${lines('a', 'b')}no event\n${lines('b', 'c', 'd')}`);
    const first = await drive(path, { ahead, isLeft: (id) => id === 'b' || id === 'd' });
    expect([first.ids.length, first.left, first.unretryable, first.retriedBefore]).toEqual([5, 3, 1, 0]);
    appendFileSync(path, lines('e'));
    const second = await drive(path, { driven: first.driven, ahead, isLeft: (id) => id === 'd' });
    expect([second.ids, second.left, second.unretryable, second.retriedBefore]).toEqual([
      ['b:1', 'b:1', 'd:1', 'e:1'],
      1,
      1,
      2,
    ]);
    const third = await drive(path, { driven: second.driven, ahead });
    expect([third.ids, third.left, third.retriedBefore]).toEqual([['d:1'], 0, 5]);
    const last = await drive(path, { driven: third.driven });
    expect([last.ids, last.unretryable, last.retriedBefore]).toEqual([[], 1, 6]);
  });

  it('that fail again while they are driven are for the next time', async () => {
    const { path } = letterFolder();
    writeFileSync(path, lines('a', 'b', 'c'));
    const failAgain = (id: string, retries: number): boolean => {
      appendFileSync(path, letterLine(id, retries));
      return true;
    };
    const first = await drive(path, { onEvent: failAgain, ahead: 0 });
    expect(first.ids).toEqual(['a:1', 'b:1', 'c:1']);
    const second = await drive(path, { driven: first.driven, onEvent: failAgain, ahead: 0 });
    expect(second.ids).toEqual(['a:2', 'b:2', 'c:2']);
  });

  it('that fail again while they are driven are for the next time, also when the file is rotated meanwhile', async () => {
    const { folder, path } = letterFolder();
    writeFileSync(path, lines('a', 'b', 'c'));
    let part = 0;
    const failAgain = (id: string, retries: number): boolean => {
      renameSync(path, join(folder, `dead.${String(++part).padStart(6, '0')}.ndjson`));
      writeFileSync(path, letterLine(id, retries));
      return true;
    };
    const first = await drive(path, { onEvent: failAgain, ahead: 0 });
    expect(first.ids).toEqual(['a:1', 'b:1', 'c:1']);
    const second = await drive(path, first);
    expect(second.ids).toEqual(['a:2', 'b:2', 'c:2']);
    expect((await drive(path, second)).ids).toEqual([]);
  });

  const then: readonly [string, (path: string, folder: string) => void, readonly string[]][] = [
    [
      'rotated',
      (path, folder) => {
        appendFileSync(path, lines('d'));
        renameSync(path, join(folder, 'dead.000001.ndjson'));
        writeFileSync(path, lines('e'));
      },
      ['d:1', 'e:1'],
    ],
    [
      'rotated and packed',
      (path, folder) => {
        appendFileSync(path, lines('d'));
        writeFileSync(join(folder, 'dead.000001.ndjson.gz'), gzipSync(readFileSync(path)));
        writeFileSync(path, lines('e'));
      },
      ['d:1', 'e:1'],
    ],
    [
      'rotated twice',
      (path, folder) => {
        renameSync(path, join(folder, 'dead.000001.ndjson'));
        writeFileSync(join(folder, 'dead.000002.ndjson'), lines('d'));
        writeFileSync(path, lines('e'));
      },
      ['d:1', 'e:1'],
    ],
    ['deleted', (path) => rmSync(path), []],
    [
      'deleted, and others come',
      (path) => {
        rmSync(path);
        writeFileSync(path, lines('d'));
      },
      ['d:1'],
    ],
    ['cut, and others come', (path) => writeFileSync(path, lines('d')), ['d:1']],
    [
      'cut, and more come than there were',
      (path) => writeFileSync(path, lines('d', 'e', 'f', 'g')),
      ['d:1', 'e:1', 'f:1', 'g:1'],
    ],
    [
      'cut in the middle',
      (path) => {
        truncateSync(path, letterLine('a').length);
        appendFileSync(path, lines('d'));
      },
      ['d:1'],
    ],
    [
      'rewritten without some',
      (path) => {
        rmSync(path);
        writeFileSync(path, lines('c', 'd'));
      },
      ['d:1'],
    ],
    [
      'rewritten in another order and spelling',
      (path) => writeFileSync(path, lines('c', 'd', 'a').replaceAll(':', ' : ').replaceAll('\n', '\r\n')),
      ['d:1'],
    ],
    [
      'edited: the letter that was is another',
      (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('"data":1', '"data":{"mended":true}')),
      ['a:1'],
    ],
    [
      'edited in place, to the same length',
      (path) => {
        const fd = openSync(path, 'r+');
        writeSync(fd, '7', letterLine('a').length + letterLine('b').indexOf('"data":1') + '"data":'.length);
      },
      ['b:1'],
    ],
    [
      'edited, without a newline at the end',
      (path) => writeFileSync(path, `${lines('a', 'b', 'c')}${letterLine('d').trimEnd()}`),
      ['d:1'],
    ],
    [
      'moved aside by logrotate',
      (path) => {
        appendFileSync(path, lines('d'));
        renameSync(path, `${path}.1`);
        writeFileSync(path, lines('e'));
      },
      ['d:1', 'e:1'],
    ],
    [
      'moved aside by logrotate more than once, and packed',
      (path) => {
        appendFileSync(path, lines('d'));
        writeFileSync(`${path}.2.gz`, gzipSync(readFileSync(path)));
        rmSync(path);
        writeFileSync(`${path}-20260101`, lines('e'));
      },
      ['d:1', 'e:1'],
    ],
    [
      'copied and cut by logrotate',
      (path) => {
        appendFileSync(path, lines('d'));
        copyFileSync(path, `${path}.1`);
        truncateSync(path, 0);
        appendFileSync(path, lines('e'));
      },
      ['d:1', 'e:1'],
    ],
    [
      'renamed by somebody to anything',
      (path, folder) => {
        appendFileSync(path, lines('d'));
        renameSync(path, join(folder, 'old letters'));
        writeFileSync(path, lines('e'));
      },
      ['d:1', 'e:1'],
    ],
    ['copied', (path) => copyFileSync(path, `${path}.1`), []],
    [
      'copied by another name, and linked',
      (path, folder) => {
        copyFileSync(path, join(folder, 'copy.ndjson'));
        linkSync(path, `${path}.1`);
      },
      [],
    ],
    [
      'put together from several files',
      (path, folder) => {
        appendFileSync(path, lines('d'));
        writeFileSync(join(folder, 'dead.000001.ndjson'), readFileSync(path, 'utf8') + lines('e'));
        rmSync(path);
      },
      ['d:1', 'e:1'],
    ],
  ];

  it.each(then)('whose file is %s: none is driven twice, none is left out', async (_, change, expected) => {
    const { folder, path } = letterFolder();
    writeFileSync(path, lines('a', 'b', 'c'));
    const first = await drive(path);
    change(path, folder);
    const second = await drive(path, first);
    expect(second.ids.toSorted()).toEqual(expected);
    expect((await drive(path, second)).ids).toEqual([]);
  });

  it.each(then)('whose file is %s when a half was driven: the rest is driven too', async (_, change, expected) => {
    const { folder, path } = letterFolder();
    writeFileSync(path, lines('a', 'b', 'c'));
    const first = await drive(path, { onEvent: (id) => id !== 'a' });
    expect(first.ids).toEqual(['a:1']);
    change(path, folder);
    const there = ['b', 'c'].filter((id) => allText(folder).includes(letterLine(id).trimEnd())).map((id) => `${id}:1`);
    const second = await drive(path, first);
    expect(second.ids.toSorted()).toEqual([...new Set([...expected, ...there])].toSorted());
    expect((await drive(path, second)).ids).toEqual([]);
  });

  it('that were moved away and come back are known', async () => {
    const { folder, path } = letterFolder();
    writeFileSync(path, lines('a', 'b', 'c'));
    const first = await drive(path);
    renameSync(path, join(folder, '..', 'away.ndjson'));
    const second = await drive(path, first);
    renameSync(join(folder, '..', 'away.ndjson'), path);
    appendFileSync(path, lines('d'));
    expect((await drive(path, second)).ids).toEqual(['d:1']);
  });

  it('that were not chosen can be chosen later', async () => {
    const { path } = letterFolder();
    writeFileSync(path, lines('a', 'b', 'c', 'd'));
    const odd = await drive(path, { accepts: (event) => event.includes('"b"') || event.includes('"d"') });
    expect(odd.ids).toEqual(['b:1', 'd:1']);
    const rest = await drive(path, odd);
    expect(rest.ids).toEqual(['a:1', 'c:1']);
    expect((await drive(path, rest)).ids).toEqual([]);
  });

  it('without an event in them stay and are counted each time, and one that is being written waits', async () => {
    const { path } = letterFolder();
    writeFileSync(
      path,
      `{"error":{},"raw":"x","source":"s","line":1}\nnonsense\n\n${lines('a')}${letterLine('b').slice(0, 50)}`,
    );
    const first = await drive(path);
    expect([first.ids, first.unretryable]).toEqual([['a:1'], 2]);
    appendFileSync(path, letterLine('b').slice(50));
    const second = await drive(path, first);
    expect([second.ids, second.unretryable]).toEqual([['b:1'], 2]);
    expect((await drive(path, second)).unretryable).toBe(2);
  });

  it('without an id are told apart by what is in them', async () => {
    const { path } = letterFolder();
    const withoutId = (n: number): string => `{"event":{"data":${n},"metadata":{}}}\n`;
    writeFileSync(path, withoutId(1) + withoutId(2));
    const first = await drive(path);
    expect(new Set(first.ids).size).toBe(2);
    expect((await drive(path, first)).ids).toEqual([]);
  });

  it('with the same id and retry count, but other content, are two; and two that are alike are two failures', async () => {
    const { path } = letterFolder();
    writeFileSync(path, letterLine('a', 0, 1) + letterLine('a', 0, 2) + letterLine('a', 0, 2));
    const first = await drive(path);
    expect(first.ids).toEqual(['a:1', 'a:1', 'a:1']);
    expect((await drive(path, first)).ids).toEqual([]);
    appendFileSync(path, letterLine('a', 0, 2));
    expect((await drive(path, first)).ids).toEqual(['a:1']);
  });

  it('keep their numbers exactly', async () => {
    const { path } = letterFolder();
    writeFileSync(path, lines('a').replace('"data":1', '"data":12345678901234567890'));
    const seen: string[] = [];
    await drive(path, { accepts: (event) => seen.push(event) > 0 });
    expect(seen).toEqual([expect.stringContaining('12345678901234567890')]);
  });

  it('are read as far as the file went at the start, however long its lines are', async () => {
    const { folder, path } = letterFolder();
    writeFileSync(path, letterLine('a', 0, LONG) + letterLine('b', 0, LONG));
    writeFileSync(join(folder, 'dead.000001.ndjson'), letterLine('a', 0, LONG) + letterLine('c', 0, LONG));
    expect((await drive(path)).ids).toEqual(['a:1', 'c:1', 'a:1', 'b:1']);
  });

  it('where there is no file, and no folder, are none', async () => {
    const { folder, path } = letterFolder();
    expect((await drive(path)).ids).toEqual([]);
    expect((await drive(join(folder, 'none/dead.ndjson'))).ids).toEqual([]);
  });

  it('are recorded under the same keys in every version, so that an upgrade retries none twice', async () => {
    const { path } = letterFolder();
    writeFileSync(path, lines('a', 'b'));
    const { driven: record } = await drive(path);
    const keys = ['identity', 'offset', 'before', 'undrivable', 'driven', 'ahead', 'compareUpTo', 'seen'];
    expect(Object.keys(record ?? {}).toSorted()).toEqual(['files', 'gone', 'version']);
    expect(Object.keys(record?.files[0] ?? {}).toSorted()).toEqual(keys.toSorted());
  });
});
