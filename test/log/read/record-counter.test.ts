import { describe, expect, it } from 'vitest';
import { LOG_START, type LogPosition } from '../../../src/log/index.js';
import { emptyFolder, entry, openLog } from '../support/log-folder.js';

/** Records of some 100 KB, so that there are several entries of an index in a segment, and several segments. */
const LONG = 'x'.repeat(100_000);

describe.each([false, true])('the records behind a place of a log (packed: %s)', (pack) => {
  it('are counted, wherever in a segment it is, also while more come', async () => {
    const log = await openLog(await emptyFolder(), { segmentBytesMax: 3 << 19, pack });
    const places: LogPosition[] = [LOG_START];
    for (let n = 0; n < 40; n++) places.push((await log.append([entry(n % 3 === 0 ? LONG : n)])).nextPosition);
    if (pack) await log.packed();
    expect(log.stats().segments).toBe(1);
    for (let n = 0; n < 40; n++) await log.append([entry(LONG)]);
    if (pack) await log.packed();
    expect(log.stats().segments).toBeGreaterThan(2);
    for (const [n, place] of places.entries()) expect([n, await log.recordsBehind(place)]).toEqual([n, 80 - n]);
    await log.append([entry(1), entry(2)]);
    expect(await log.recordsBehind(LOG_START)).toBe(82);
    expect(await log.recordsBehind(log.end)).toBe(0);
  });

  it('are none behind the end, and none of what was removed', async () => {
    const log = await openLog(await emptyFolder(), { segmentBytesMax: 1 << 20, pack });
    expect(await log.recordsBehind(LOG_START)).toBe(0);
    for (let n = 0; n < 40; n++) await log.append([entry(LONG)]);
    expect(await log.recordsBehind({ segment: log.end.segment + 1, offset: 0 })).toBe(0);
    if (pack) await log.packed();
    const { removed } = await log.prune({ bytesMax: 1, keepFrom: log.end });
    expect(removed.length).toBeGreaterThan(0);
    const left = await log.segments();
    expect(await log.recordsBehind(LOG_START)).toBe(left.reduce((sum, { records }) => sum + records, 0));
  });
});
