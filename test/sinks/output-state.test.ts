import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { fileSink, outputState, parseFilePosition, type FilePosition } from '../../src/sinks/index.js';
import { scratch } from '../support/cli.js';

let path: string;

beforeEach(() => {
  path = join(scratch(), 'out.ndjson');
});

/** Writes lines of 20 bytes, and tells where that ended, as a checkpoint gives it back. */
async function written(lines: number, options: { rotateBytes?: number } = {}): Promise<FilePosition> {
  const sink = fileSink(path, { mode: 'append', checkpointed: true, ...options });
  await sink.write(Buffer.from(linesOf(lines)));
  const position = parseFilePosition(JSON.parse(JSON.stringify(sink.position())));
  await sink.close();
  return position as FilePosition;
}

function linesOf(count: number, fill = 'z'): string {
  return Array.from({ length: count }, (_, n) => `${String(n).padStart(9, '0')}${fill.repeat(10)}\n`).join('');
}

describe('the state of an output', () => {
  it.each([0, 1, 40, 200])('is good when nothing happened to it, %d lines long', async (lines) => {
    expect(outputState(path, await written(lines))).toEqual({ kind: 'good' });
  });

  it('is known by what was written, also behind what was there before', async () => {
    writeFileSync(path, linesOf(70, 'a'));
    const position = await written(3);
    expect([position.offset, outputState(path, position)]).toEqual([1460, { kind: 'good' }]);
  });

  it.each([
    ['gone', () => rmSync(path), { kind: 'gone' }],
    ['cut', () => truncateSync(path, 100), { kind: 'cut', size: 100 }],
    ['emptied', () => truncateSync(path, 0), { kind: 'cut', size: 0 }],
    ['grown', () => appendFileSync(path, 'more\n'), { kind: 'grown', bytes: 5 }],
    [
      'edited',
      () => writeFileSync(path, readFileSync(path, 'utf8').replace('000000150', '999999999')),
      { kind: 'edited' },
    ],
    ['edited at its start', () => writeFileSync(path, linesOf(200, 'x')), { kind: 'replaced' }],
    [
      'replaced by a file that is as long',
      () => {
        renameSync(path, `${path}.1`);
        writeFileSync(path, linesOf(200, 'y'));
      },
      { kind: 'replaced' },
    ],
    ['renamed', () => renameSync(path, `${path}.1`), { kind: 'gone' }],
    [
      'another file with the same content',
      () => {
        copyFileSync(path, `${path}.1`);
        renameSync(`${path}.1`, path);
      },
      { kind: 'good' },
    ],
  ] as const)('tells that it is %s', async (_, change, state) => {
    const position = await written(200);
    change();
    expect(outputState(path, position)).toEqual(state);
  });

  it('takes a file that somebody made in the place of an empty one for theirs', async () => {
    const position = await written(0);
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'theirs\n');
    expect(outputState(path, position)).toEqual({ kind: 'replaced' });
  });

  it('finds the place in a part that was set aside since', async () => {
    const sink = fileSink(path, { mode: 'append', checkpointed: true, rotateBytes: 100 });
    await sink.write(Buffer.from(linesOf(3)));
    const position = sink.position();
    await sink.write(Buffer.from(linesOf(9)));
    await sink.close();
    expect([position.part, outputState(path, position)]).toEqual([1, { kind: 'grown', bytes: 180 }]);
    truncateSync(path.replace('.ndjson', '.000001.ndjson'), 20);
    expect(outputState(path, position)).toEqual({ kind: 'cut', size: 20 });
  });

  it('is not misled by a look-alike of the part', async () => {
    const position = await written(3);
    writeFileSync(path.replace('.ndjson', '.000001.ndjson'), linesOf(5, 'x'));
    expect(outputState(path, position)).toEqual({ kind: 'good' });
  });

  it('is unknown where an earlier version stored the position', async () => {
    const { part, offset } = await written(3);
    expect(outputState(path, { part, offset })).toEqual({ kind: 'unknown', size: 60 });
    rmSync(path);
    expect(outputState(path, { part, offset })).toEqual({ kind: 'gone' });
  });
});
