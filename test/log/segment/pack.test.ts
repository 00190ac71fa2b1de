import { rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSegmentFile } from '../../../src/log/format/segment-name.js';
import { packSegment } from '../../../src/log/segment/pack.js';
import { emptyFolder, writeLog } from '../support/log-folder.js';
import { faultyWorld, type DiskCall } from '../support/faulty-disk.js';

describe('a segment that is removed while it is packed', () => {
  const NEVER = new AbortController().signal;

  /** Packs the only segment of a log, which is removed with the given call; what is there at the end, and what was renamed. */
  async function packedMeanwhile(op: DiskCall['op'], nth: number) {
    const folder = await emptyFolder();
    await writeLog(folder, [['a', 'b', 'c']]);
    const plain = (await readdir(folder)).find((name) => name.endsWith('.ndjson')) ?? '';
    const renamed: string[] = [];
    let calls = 0;
    const { disk } = faultyWorld((call) => {
      if (call.op === 'rename') renamed.push(call.file);
      if (call.op === op && ++calls === nth) rmSync(join(folder, plain));
      return undefined;
    });
    const segment = parseSegmentFile(plain);
    if (segment === undefined) throw new Error('no segment was written');
    const sizes = await packSegment(disk, folder, segment.name, NEVER);
    const left = (await readdir(folder)).filter((name) => name.includes('.ndjson'));
    return { sizes, left, renamed };
  }

  it('is never there again', async () => {
    const nothing = { sizes: undefined, left: [], renamed: [] };
    expect(await packedMeanwhile('write', 1)).toEqual(nothing);
    expect(await packedMeanwhile('datasync', 1)).toEqual(nothing);
  });

  it('is there no longer than until the packer looks, where it went at the last moment', async () => {
    const { sizes, left, renamed } = await packedMeanwhile('rename', 1);
    expect({ sizes, left }).toEqual({ sizes: undefined, left: [] });
    expect(renamed).toHaveLength(1);
  });
});
