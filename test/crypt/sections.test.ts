import { describe, expect, it } from 'vitest';
import { KeyRing, SectionOpener, SectionSealer, type SectionDamage } from '../../src/crypt/index.js';

const ring = new KeyRing([Buffer.alloc(32, 1)]);
const other = new KeyRing([Buffer.alloc(32, 2)]);
const FIRST = ['one\n', 'two two\n', 'three\n'];
const SECOND = ['four four\n', 'five\n'];
const ALL = [...FIRST, ...SECOND];

/** An output that was opened twice: its pieces, each as it was written. */
function written(keys: readonly [KeyRing, KeyRing] = [ring, ring]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  const append = (bytes: Buffer): void => {
    pieces.push(Buffer.from(bytes));
    at += bytes.length;
  };
  for (const [session, lines] of [FIRST, SECOND].entries()) {
    const sealer = new SectionSealer(keys[session as 0 | 1]);
    for (const line of lines) append(sealer.seal(Buffer.from(line), at));
    append(sealer.end());
  }
  return pieces;
}

function reading(content: Buffer, step = content.length, keys = ring): { text: string; damage: SectionDamage[] } {
  const damage: SectionDamage[] = [];
  const opener = new SectionOpener(keys, 'out.ndjson', (one) => damage.push(one));
  const parts: Buffer[] = [];
  for (let at = 0; at < content.length; at += step) parts.push(...opener.push(content.subarray(at, at + step)));
  parts.push(...opener.end());
  return { text: Buffer.concat(parts).toString('latin1'), damage };
}

describe('an encrypted output', () => {
  it('gives its lines, however its bytes come', () => {
    const whole = Buffer.concat(written());
    for (const step of [1, 7, 64, 129, whole.length]) {
      expect(reading(whole, step)).toEqual({ text: ALL.join(''), damage: [] });
    }
    expect(whole.includes('two')).toBe(false);
  });

  it('loses to a byte that is another no more than the lines of its frame, and tells where', () => {
    const whole = Buffer.concat(written());
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (whole[at] ?? 0) ^ (1 << (at % 8));
      const { text, damage } = reading(damaged, at % 2 === 0 ? whole.length : 50);
      const missing = ALL.filter((line) => !text.includes(line));
      expect(missing.length, `byte ${at}`).toBeLessThan(2);
      expect(text, `byte ${at}`).toBe(ALL.filter((line) => !missing.includes(line)).join(''));
      expect(damage.length, `byte ${at}`).toBeGreaterThan(0);
      for (const { fileOffset } of damage) {
        expect(fileOffset, `byte ${at}`).toBeLessThanOrEqual(at);
        expect(fileOffset, `byte ${at}`).toBeGreaterThan(at - 129);
      }
    }
  });

  it('tells of frames and sections that are cut out, swapped and repeated', () => {
    const pieces = written();
    const text = (order: readonly number[]): { text: string; damage: SectionDamage[] } =>
      reading(Buffer.concat(order.map((at) => pieces[at] ?? Buffer.alloc(0))));
    for (let out = 1; out < pieces.length - 1; out++) {
      const order = [...pieces.keys()].filter((at) => at !== out);
      expect(text(order).damage.length, `without ${out}`).toBeGreaterThan(0);
    }
    for (const at of pieces.keys()) {
      const { text: left, damage } = text([...pieces.keys(), at]);
      expect(left, `${at} again`).toBe(ALL.join(''));
      expect(damage.length, `${at} again`).toBeGreaterThan(0);
    }
    expect(text([4, 5, 6, 0, 1, 2, 3]).damage.length).toBeGreaterThan(0);
    expect(text([0, 2, 1, 3, 4, 5, 6])).toMatchObject({ text: 'one\nthree\nfour four\nfive\n' });
    // A foreign frame with the same counter.
    const foreign = written();
    const mixed = reading(Buffer.concat([...pieces.slice(0, 2), ...foreign.slice(1, 2), ...pieces.slice(2)]));
    expect(mixed.text).toBe(ALL.join(''));
    expect(mixed.damage[0]?.fileOffset).toBe((pieces[0]?.length ?? 0) + (pieces[1]?.length ?? 0));
  });

  it('ends with its last whole frame when its end is torn off, and goes on behind it when more was added', () => {
    const pieces = written();
    const whole = Buffer.concat(pieces.slice(0, 2));
    for (let to = 129; to < whole.length; to++) {
      const { text, damage } = reading(whole.subarray(0, to));
      const left = to < (pieces[0]?.length ?? 0) ? '' : 'one\n';
      expect(text).toBe(left);
      expect(damage.length).toBe(to === pieces[0]?.length ? 0 : 1);
      const sealer = new SectionSealer(ring);
      const more = reading(Buffer.concat([whole.subarray(0, to), sealer.seal(Buffer.from('more\n'), to)]));
      expect(more.text).toBe(`${left}more\n`);
      expect(more.damage).toHaveLength(damage.length);
    }
  });

  it('has a key for each section, and says which is missing', () => {
    const whole = Buffer.concat(written([ring, other]));
    const both = new KeyRing([Buffer.alloc(32, 2), Buffer.alloc(32, 1)]);
    expect(reading(whole, whole.length, both)).toEqual({ text: ALL.join(''), damage: [] });
    expect(() => reading(whole)).toThrow(`out.ndjson: encrypted with the key ${other.currentId}`);
  });
});
