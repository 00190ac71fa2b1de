import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasZstd, requireZstd } from '../../../src/files/index.js';
import { Place, SAME } from './place.js';

describe.concurrent('.zst', () => {
  it.skipIf(hasZstd())('is refused where Node has no zstd, in and out, and nothing is changed', async () => {
    const place = new Place();
    place.write('in.ndjson.zst', 'anything');
    place.write('out.zst', 'an earlier one');
    const before = place.all();
    const wrong = 'zstd needs Node 22.15, or 23.8, or later, and this is v';
    const from = await place.run([...SAME, 'in.ndjson.zst', '-o', 'out']);
    expect([from.exit, from.stderr]).toEqual([2, expect.stringContaining(`cannot open in.ndjson.zst: ${wrong}`)]);
    expect(from.stderr).toContain('pipe it through zstd -dc');
    const to = await place.run([...SAME, '-o', 'out.zst'], { input: '1\n' });
    expect([to.exit, to.stderr]).toEqual([2, expect.stringContaining(`-o out.zst: ${wrong}`)]);
    expect(to.stderr).toContain('pipe the results through zstd > out.zst');
    expect(place.all()).toEqual(before);
  });

  it.skipIf(!hasZstd())('is compressed and decompressed, over several runs, with a header and in parts', async () => {
    const place = new Place();
    const events = Array.from({ length: 20_000 }, (_, n) => `{"n":${n},"text":"row ${n}"}\n`);
    place.write('in', events.join(''));
    const out = ['--out', 'csv', '--columns', 'n,text', '-o', 'out.csv.zst'];
    for (let run = 0; run < 3; run++) await place.run([...SAME, ...out, '--resume', '--limit', '10000', 'in']);
    const back = await place.run([...SAME, 'out.csv.zst']);
    expect([back.exit, back.stdout.split('\n').length]).toEqual([0, 20_001]);
    expect(back.stdout.startsWith('{"n":"0","text":"row 0"}\n')).toBe(true);

    const parts = await place.run([...SAME, ...out, '--rotate', '20KB', 'in']);
    expect(parts.exit).toBe(0);
    const names = readdirSync(place.cwd)
      .filter((name) => name.startsWith('out.'))
      .sort();
    expect(names.length).toBeGreaterThan(1);
    const all = await place.run([...SAME, '--in', 'csv', ...names]);
    expect([all.exit, all.stdout.split('\n').length]).toEqual([0, 20_001]);
    expect((await place.run([...SAME, '-o', 'empty.zst'], { input: '' })).exit).toBe(0);
    expect(await place.run([...SAME, 'empty.zst'])).toMatchObject({ exit: 0, stdout: '' });
  });

  it.skipIf(!hasZstd())('is gone on with as it grows by frames', async () => {
    const place = new Place();
    const { zstdCompressSync } = requireZstd();
    const packed = (text: string): Buffer => zstdCompressSync(Buffer.from(text), { params: {} });
    place.write('in.zst', packed('1\n2\n'));
    await place.resume('in.zst');
    place.append('in.zst', packed('3\n4\n'));
    expect((await place.resume('in.zst')).exit).toBe(0);
    expect(place.read('out')).toBe('1\n2\n3\n4\n');
  });
});
