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
