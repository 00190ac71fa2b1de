import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { fileSink, type FileSinkOptions } from '../../src/sinks/index.js';
import { scratch } from '../support/cli.js';

const DAY_MS = 86_400_000;

let folder: string;
let stateFolder: string;

beforeEach(() => {
  folder = join(scratch(), 'out');
  stateFolder = join(folder, '..', 'state');
  mkdirSync(folder);
});

function file(name: string): string {
  return join(folder, name);
}

/** Writes some lines to the output and closes it. */
async function write(lines: string, options: Partial<FileSinkOptions> = {}): Promise<void> {
  const sink = fileSink(file('out.ndjson'), { mode: 'append', rotateBytes: 4, stateFolder, ...options });
  await sink.write(Buffer.from(lines));
  await sink.close();
}

function names(): readonly string[] {
  return readdirSync(folder).sort();
}

describe('parts that were set aside', () => {
  it('are removed with the output that they belong to', async () => {
    await write('1\n2\n3\n4\n5\n');
    expect(names()).toEqual(['out.000001.ndjson', 'out.000002.ndjson', 'out.ndjson']);
    await write('6\n', { mode: 'truncate' });
    expect(names()).toEqual(['out.ndjson']);
  });

  it('are removed when they are older than the retention', async () => {
    await write('1\n2\n3\n4\n5\n');
    utimesSync(file('out.000001.ndjson'), 0, 41 * (DAY_MS / 1000));
    utimesSync(file('out.000002.ndjson'), 0, 49 * (DAY_MS / 1000));
    await write('', { retentionMs: 7 * DAY_MS, now: () => 50 * DAY_MS });
    expect(names()).toEqual(['out.000002.ndjson', 'out.ndjson']);
  });

  it('are compressed, with their time kept', async () => {
    await write('1\n2\n3\n4\n5\n');
    utimesSync(file('out.000001.ndjson'), 0, 1000);
    await write('6\n', { gzip: true });
    expect(names()).toEqual(['out.000001.ndjson.gz', 'out.000002.ndjson.gz', 'out.ndjson']);
    expect(String(gunzipSync(readFileSync(file('out.000001.ndjson.gz'))))).toBe('1\n2\n');
    expect(statSync(file('out.000001.ndjson.gz')).mtimeMs).toBe(1_000_000);
    await write('7\n', { mode: 'truncate' });
    expect(names()).toEqual(['out.ndjson']);
  });

  it.each([
    ['edited', () => writeFileSync(file('out.000001.ndjson'), '1\nx\n')],
    ['added to', () => appendFileSync(file('out.000001.ndjson'), 'theirs\n')],
    [
      'replaced',
      () => {
        writeFileSync(file('new'), '8\n9\n');
        renameSync(file('new'), file('out.000001.ndjson'));
      },
    ],
    [
      'replaced by a link',
      () => {
        renameSync(file('out.000001.ndjson'), file('kept'));
        symlinkSync(file('kept'), file('out.000001.ndjson'));
      },
    ],
    [
      'removed and recreated',
      () => {
        rmSync(file('out.000001.ndjson'));
        writeFileSync(file('out.000001.ndjson'), '8\n9\n');
      },
    ],
  ])('are left alone once somebody has %s them', async (_, change) => {
    await write('1\n2\n3\n');
    change();
    const before = seen('out.000001.ndjson');
    await write('4\n', { gzip: true, retentionMs: 1, now: () => Date.now() + DAY_MS });
    await write('5\n', { mode: 'truncate' });
    expect(seen('out.000001.ndjson')).toEqual(before);
  });

  it('are known again where the folders were moved together', async () => {
    await write('1\n2\n3\n');
    const home = join(folder, '..');
    renameSync(home, `${home}-moved`);
    folder = join(`${home}-moved`, 'out');
    stateFolder = join(`${home}-moved`, 'state');
    await write('4\n', { mode: 'truncate' });
    expect(names()).toEqual(['out.ndjson']);
  });

  it("are nobody's when the state folder is lost: they stay, and numbering goes on behind them", async () => {
    await write('1\n2\n3\n');
    rmSync(stateFolder, { recursive: true });
    await write('4\n5\n', { gzip: true });
    expect(names()).toEqual(['out.000001.ndjson', 'out.000002.ndjson.gz', 'out.ndjson']);
  });

  it('lie where a link leads, and the link stays', async () => {
    const other = join(folder, '..', 'other');
    mkdirSync(other);
    symlinkSync(join(other, 'real.ndjson'), file('out.ndjson'));
    await write('1\n2\n3\n');
    expect([names(), readdirSync(other).sort()]).toEqual([['out.ndjson'], ['real.000001.ndjson', 'real.ndjson']]);
    expect(readFileSync(file('out.ndjson'), 'utf8')).toBe('3\n');
  });
});

function seen(name: string): unknown {
  const { mtimeMs, ino, size } = statSync(file(name));
  return { mtimeMs, ino, size, content: readFileSync(file(name), 'utf8') };
}

describe('a folder full of look-alikes', () => {
  const LOOK_ALIKES = [
    'out.000001.ndjson',
    'out.000007.ndjson',
    'out.000002.ndjson.gz',
    'out.20240129.ndjson',
    'out.20240130.ndjson.gz',
    'out.240131.ndjson',
    'out.9999999.ndjson',
    'out.0000003.ndjson',
    'out-2024-01-31.000004.ndjson',
    'out-2024-01-31-000000.000005.ndjson',
    'other.000001.ndjson',
    'out.ndjson.1',
    'out.ndjson.gz',
    'out.x.ndjson',
    '.out.000001.ndjson.gz.unfinished',
    '.out.000008.ndjson.gz.unfinished',
    '.out.ndjson.unfinished',
    'out.000010.ndjson.gz',
  ];

  it.each([
    ['appended to', {}],
    ['begun anew', { mode: 'truncate' }],
    ['packed', { gzip: true }],
    ['cleaned of what is old', { retentionMs: 1, now: () => Date.now() + 10_000_000 }],
    ['all of it', { gzip: true, retentionMs: 1, now: () => Date.now() + 10_000_000, rotateMs: 1000 }],
    ['named by date', { pattern: '{name}-{date}.{number}{ext}', gzip: true }],
    ['named by time', { pattern: '{name}-{date}-{time}.{number}{ext}', gzip: true, mode: 'truncate' }],
    ['named by number first', { pattern: '{name}.{number}.{time}{ext}', gzip: true, mode: 'truncate' }],
  ] as const)('stays as it is when the output is %s', async (_, options) => {
    for (const name of LOOK_ALIKES) {
      writeFileSync(file(name), `theirs: ${name}\n`);
      utimesSync(file(name), 1000, 2000);
    }
    const before = LOOK_ALIKES.map(seen);
    await write('1\n2\n3\n4\n5\n6\n', options);
    await write('7\n8\n9\n10\n', options);
    expect(LOOK_ALIKES.map(seen)).toEqual(before);
  });

  it('does not prevent a part from being packed forever, and the obstacle is reported', async () => {
    const troubles: unknown[] = [];
    await write('1\n2\n3\n');
    writeFileSync(file('out.000001.ndjson.gz'), 'theirs');
    await write('4\n5\n', { gzip: true, onTrouble: (error) => troubles.push(error) });
    expect(readFileSync(file('out.000001.ndjson.gz'), 'utf8')).toBe('theirs');
    expect(existsSync(file('out.000001.ndjson'))).toBe(true);
    expect(existsSync(file('out.000002.ndjson.gz'))).toBe(true);
    expect(troubles.map(String)).toEqual([expect.stringContaining('out.000001.ndjson.gz is in the way')]);
  });
});
