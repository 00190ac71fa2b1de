import { expect, it } from 'vitest';
import { LOG_START } from '../../src/log/index.js';
import { logSource } from '../../src/sources/index.js';
import { emptyFolder, openLog, entry } from '../log/support/log-folder.js';

it('a stored line may be moved to another thread, and those behind it still come', async () => {
  const log = await openLog(await emptyFolder());
  const long = 'x'.repeat(200_000);
  await log.append(['first', long, 'last'].map(entry));
  const source = logSource(log, { from: LOG_START, singleLines: true, onDamage: () => undefined });
  const seen: unknown[] = [];
  for await (const block of source.blocks(new AbortController().signal)) {
    if (block.kind !== 'lines' || block.bytes.length === 0) continue;
    seen.push((JSON.parse(block.bytes.toString()) as { data: unknown }).data);
    const { buffer, length } = block.bytes;
    // As it is moved where it fills most of its memory.
    if (buffer instanceof ArrayBuffer && length * 2 > buffer.byteLength)
      structuredClone(buffer, { transfer: [buffer] });
  }
  expect(seen).toEqual(['first', long, 'last']);
});

it('gives the first lines alone, one by one, where they may be what killed who worked on them', async () => {
  const log = await openLog(await emptyFolder());
  await log.append(['a', 'b', 'c'].map(entry));
  const source = logSource(log, { from: LOG_START, follow: true, firstAlone: true, onDamage: () => undefined });
  const reading = new AbortController();
  const seen: unknown[] = [];
  for await (const block of source.blocks(reading.signal)) {
    if (block.kind !== 'lines' || block.bytes.length === 0) continue;
    const events = block.bytes.toString().trimEnd().split('\n');
    seen.push([events.map((line) => (JSON.parse(line) as { data: unknown }).data).join(), block.alone === true]);
    if (seen.length === 3) await log.append(['d', 'e'].map(entry));
    if (seen.length === 4) reading.abort();
  }
  expect(seen).toEqual([
    ['a', true],
    ['b', true],
    ['c', true],
    ['d,e', false],
  ]);
});
