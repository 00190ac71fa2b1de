import { existsSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRow, fileHead } from '../../src/sinks/formats/index.js';
import { fileSink, refuseOtherHead, SinkError } from '../../src/sinks/index.js';
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

  it('begins every file of a table with its header, and splits no row', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '\n', '"', ','), maxLength: 8 });
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 10 }),
        async (all, rotateBytes, perWrite) => {
          const folder = scratch();
          const path = join(folder, 'out.csv');
          const head = fileHead({ format: 'csv', columns: ['a', 'b'] });
          const lines = all.map((row) => `${csvRow(row)}\n`);
          const sink = fileSink(path, { mode: 'truncate', rotateBytes, ...(head && { head }) });
          for (let at = 0; at < all.length; at += perWrite)
            await sink.write(Buffer.from(lines.slice(at, at + perWrite).join('')));
          await sink.close();
          const names = readdirSync(folder).sort(
            (a, b) => Number(a === 'out.csv') - Number(b === 'out.csv') || (a < b ? -1 : 1),
          );
          const contents = names.map((name) => readFileSync(join(folder, name), 'utf8'));
          for (const content of contents) expect(content.startsWith('a,b\n')).toBe(true);
          const bodies = contents.map((content) => content.slice('a,b\n'.length));
          expect(bodies.join('')).toBe(lines.join(''));
          // Each is made of whole rows, as many as fit, or of one that does not.
          let row = 0;
          for (const [index, body] of bodies.entries()) {
            const first = row;
            let rest = body.length;
            while (rest > 0) rest -= lines[row++]?.length ?? Infinity;
            expect(rest).toBe(0);
            const bytes = contents[index]?.length ?? 0;
            expect(bytes <= rotateBytes || row - first === 1).toBe(true);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('writes the header again into a file that somebody has cut, and writes it alone for no rows', async () => {
    const path = join(scratch(), 'out.csv');
    const head = { bytes: Buffer.from('a\n'), breaksRows: true };
    const sink = fileSink(path, { mode: 'append', head });
    await sink.write(Buffer.from('1\n'));
    truncateSync(path);
    expect((await sink.checkPlace())?.kind).toBe('cut');
    await sink.write(Buffer.from('2\n'));
    expect(readFileSync(path, 'utf8')).toBe('a\n2\n');
    await sink.close();
    const empty = fileSink(path, { mode: 'truncate', head });
    await empty.write(new Uint8Array(0));
    await empty.write(new Uint8Array(0));
    await empty.close();
    expect(readFileSync(path, 'utf8')).toBe('a\n');
  });

  it('adds rows below their own header only', () => {
    const path = join(scratch(), 'out.csv');
    const head = Buffer.from('a,b\n');
    expect(() => {
      refuseOtherHead(path, head);
    }).not.toThrow();
    writeFileSync(path, '');
    refuseOtherHead(path, head);
    writeFileSync(path, 'a,b\n1,2\n');
    refuseOtherHead(path, head);
    for (const other of ['a\n1\n', 'a,b,c\n', 'a,b', 'a,b\r\n1,2\r\n']) {
      writeFileSync(path, other);
      expect(() => {
        refuseOtherHead(path, head);
      }).toThrow(/^cannot open .*out\.csv: it begins with "a.*, which is not the header of these columns/);
    }
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
