import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileSink, SinkError } from '../../src/sinks/index.js';
import { scratch } from '../support/cli.js';

describe('a file sink', () => {
  it('replaces or continues what is there', async () => {
    const path = join(scratch(), 'out.ndjson');
    for (const [mode, content] of [
      ['append', '1\n'],
      ['append', '1\n1\n'],
      ['truncate', '1\n'],
    ] as const) {
      const sink = fileSink(path, { mode });
      await sink.write(Buffer.from('1\n'));
      await sink.close();
      expect(readFileSync(path, 'utf8')).toBe(content);
    }
  });

  it('rotates at the size, splits no line and loses none', async () => {
    const lines = fc.array(
      fc.nat(30).map((length) => `${'z'.repeat(length)}\n`),
      { minLength: 1, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(
        lines,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 10 }),
        fc.boolean(),
        async (all, rotateBytes, perWrite, waits) => {
          const folder = scratch();
          const sink = fileSink(join(folder, 'out.ndjson'), { mode: 'truncate', rotateBytes, waits });
          for (let at = 0; at < all.length; at += perWrite)
            await sink.write(Buffer.from(all.slice(at, at + perWrite).join('')));
          await sink.close();
          const names = readdirSync(folder).sort(
            (a, b) => Number(a === 'out.ndjson') - Number(b === 'out.ndjson') || (a < b ? -1 : 1),
          );
          const contents = names.map((name) => readFileSync(join(folder, name), 'utf8'));
          expect(contents.join('')).toBe(all.join(''));
          for (const content of contents)
            expect(content.length <= rotateBytes || content.indexOf('\n') === content.length - 1).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('continues numbering where an earlier output stopped', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'out.000007.ndjson'), 'old\n');
    const sink = fileSink(join(folder, 'out.ndjson'), { mode: 'append', rotateBytes: 2 });
    await sink.write(Buffer.from('1\n2\n'));
    await sink.close();
    expect(existsSync(join(folder, 'out.000008.ndjson'))).toBe(true);
  });

  it('names the file it cannot open', () => {
    expect(() => fileSink(join(scratch(), 'none/out'), { mode: 'append' })).toThrow(SinkError);
  });

  it.runIf(existsSync('/dev/full'))('says so when the disk is full', async () => {
    const sink = fileSink('/dev/full', { mode: 'append' });
    await expect(sink.write(Buffer.from('1\n'))).rejects.toThrow(
      /cannot write to \/dev\/full: no space left on device$/,
    );
  });
});
