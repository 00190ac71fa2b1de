import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileSink, partNames, type FileSinkOptions } from '../../src/sinks/index.js';
import { scratch } from '../support/cli.js';

const DAY_MS = 86_400_000;

/** All of an output: its parts in order, then the file. */
function contentOf(path: string, pattern?: string): string {
  const names = partNames(path, pattern);
  const parts = readdirSync(names.folder).flatMap((file) => {
    const parsed = names.parse(file);
    return parsed === undefined ? [] : [{ ...parsed, file: join(names.folder, file) }];
  });
  parts.sort((a, b) => a.number - b.number);
  const text = parts.map(({ file, packed }) => String(packed ? gunzipSync(readFileSync(file)) : readFileSync(file)));
  return text.join('') + (existsSync(path) ? readFileSync(path, 'utf8') : '');
}

describe('the position of a file sink', () => {
  type Step = { kind: 'write'; lines: readonly string[] } | { kind: 'sync' | 'crash' | 'tick' };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .array(fc.nat(20), { minLength: 1, maxLength: 6 })
        .map((lengths): Step => ({ kind: 'write', lines: lengths.map((length) => `${'z'.repeat(length)}\n`) })),
    },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: 'sync' }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'crash' }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'tick' }) },
  );

  it('is where the output is truncated to, whatever was rotated and compressed since', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.boolean(), fc.boolean(), async (steps, gzip, byTime) => {
        const folder = scratch();
        const path = join(folder, 'out.ndjson');
        let now = 1_000_000_000_000;
        const options: Omit<FileSinkOptions, 'mode'> = {
          rotateBytes: 40,
          gzip,
          checkpointed: true,
          stateFolder: join(folder, 'state'),
          now: () => now,
          ...(byTime && { rotateMs: 1000 }),
        };
        let sink = fileSink(path, { ...options, mode: 'append' });
        let safe = { position: sink.position(), content: '' };
        let content = '';
        for (const one of steps) {
          if (one.kind === 'write') {
            await sink.write(Buffer.from(one.lines.join('')));
            content += one.lines.join('');
          } else if (one.kind === 'tick') {
            now += 1000;
            await sink.tend();
          } else if (one.kind === 'sync') {
            await sink.sync();
            safe = { position: sink.position(), content };
            sink.settle(safe.position);
          } else {
            sink.hurry();
            await sink.close();
            sink = fileSink(path, { ...options, mode: { truncateTo: safe.position } });
            expect(sink.lostBytes).toBe(0);
            content = safe.content;
            expect(contentOf(path)).toBe(content);
          }
        }
        await sink.close();
        expect(contentOf(path)).toBe(content);
        expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });

  it('reports how much is missing when somebody has truncated or removed the file', async () => {
    const path = join(scratch(), 'out.ndjson');
    writeFileSync(path, '1\n');
    const shortened = fileSink(path, { mode: { truncateTo: { part: 1, offset: 10 } }, checkpointed: true });
    expect(shortened.lostBytes).toBe(8);
    await shortened.write(Buffer.from('2\n'));
    await shortened.close();
    expect(readFileSync(path, 'utf8')).toBe('1\n2\n');
    rmSync(path);
    const removed = fileSink(path, { mode: { truncateTo: { part: 3, offset: 4 } }, checkpointed: true });
    expect([removed.lostBytes, removed.position()]).toMatchObject([4, { part: 3, offset: 0 }]);
    await removed.close();
  });
});

describe('a file sink that rotates by time', () => {
  it('begins a new file at each full period, also when nothing is written, and never an empty one', async () => {
    const path = join(scratch(), 'out.ndjson');
    let now = 10 * DAY_MS + 5;
    const sink = fileSink(path, {
      mode: 'append',
      rotateMs: DAY_MS,
      pattern: '{name}-{date}.{number}{ext}',
      now: () => now,
    });
    await sink.write(Buffer.from('1\n'));
    now += DAY_MS - 10;
    await sink.write(Buffer.from('2\n'));
    now += 10;
    await sink.tend();
    now += 5 * DAY_MS;
    await sink.tend();
    await sink.write(Buffer.from('3\n'));
    await sink.close();
    const folder = join(path, '..');
    expect(readdirSync(folder).sort()).toEqual(['out-1970-01-11.000001.ndjson', 'out.ndjson']);
    expect(readFileSync(join(folder, 'out-1970-01-11.000001.ndjson'), 'utf8')).toBe('1\n2\n');
  });
});

it.runIf(existsSync('/dev/null'))('a device is written to, never renamed, cut or synced', async () => {
  const sink = fileSink('/dev/null', {
    mode: { truncateTo: { part: 1, offset: 0 } },
    rotateBytes: 2,
    checkpointed: true,
  });
  await sink.write(Buffer.from('1\n2\n3\n'));
  await sink.sync();
  expect([sink.position(), sink.lostBytes]).toEqual([{ part: 1, offset: 0 }, 0]);
  await sink.close();
});
