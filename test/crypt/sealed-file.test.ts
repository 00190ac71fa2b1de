import { describe, expect, it } from 'vitest';
import {
  FileSealer,
  KeyError,
  KeyRing,
  openText,
  parseKey,
  SealedReader,
  sealText,
  UnreadableRange,
  type FileBytes,
} from '../../src/crypt/index.js';

const ring = new KeyRing([Buffer.alloc(32, 1)]);
const NAME = { kind: 'segment', number: 3 };
const PIECES = ['one\n', 'two two\n', 'three\n', 'four four four\n', 'five\n'];

interface Made {
  readonly header: Buffer;
  readonly frames: readonly Buffer[];
  readonly end: Buffer;
}

function made(name = NAME): Made {
  const sealer = new FileSealer(ring, name);
  let next = { counter: 0, offset: 0 };
  const frames = PIECES.map((piece) => {
    const sealed = sealer.seal(Buffer.from(piece), next);
    next = sealed.next;
    return Buffer.from(sealed.bytes);
  });
  return { header: sealer.header, frames, end: sealer.end(next) };
}

function bytesOf(content: Buffer): FileBytes {
  return {
    size: () => Promise.resolve(content.length),
    read: (into, start, end, position) =>
      Promise.resolve(position >= content.length ? 0 : content.copy(into, start, position, position + end - start)),
  };
}

/** What can be read, frame by frame, and what is said of the rest. */
async function reading(
  content: Buffer,
  keys: KeyRing | undefined = ring,
  name = NAME,
): Promise<{ text: string; said: string[]; ended: boolean }> {
  const reader = await SealedReader.open(bytesOf(content), keys, name, 'a file');
  const size = await reader.size();
  const said: string[] = [];
  let text = '';
  for (let at = 0; at < size;) {
    const into = Buffer.alloc(5);
    try {
      const count = await reader.read(into, 0, into.length, at);
      if (count === 0) break;
      text += into.toString('latin1', 0, count);
      at += count;
    } catch (error) {
      if (!(error instanceof UnreadableRange)) throw error;
      said.push(error.message);
      at = error.nextOffset ?? size;
    }
  }
  await reader.walk();
  said.push(...reader.findings.map(({ message }) => message));
  if ((await reader.strangeEnd()) !== undefined) said.push('a strange end');
  return { text, said, ended: await reader.isEnded() };
}

const without = (text: string): string => PIECES.filter((piece) => piece !== text).join('');

describe('a sealed file', () => {
  it('gives its content, and its end', async () => {
    const { header, frames, end } = made();
    const whole = Buffer.concat([header, ...frames, end]);
    expect(await reading(whole)).toEqual({ text: PIECES.join(''), said: [], ended: true });
    const open = Buffer.concat([header, ...frames]);
    expect(await reading(open)).toEqual({ text: PIECES.join(''), said: [], ended: false });
    expect(await reading(Buffer.alloc(0))).toEqual({ text: '', said: [], ended: false });
  });

  it('tells of every flipped byte, and loses nothing but its frame', async () => {
    const { header, frames, end } = made();
    const whole = Buffer.concat([header, ...frames, end]);
    const starts = [header.length];
    for (const frame of frames) starts.push((starts.at(-1) ?? 0) + frame.length);
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (whole[at] ?? 0) ^ (1 << (at % 8));
      const { text, said, ended } = await reading(damaged);
      const hit = starts.findLastIndex((start) => at >= start);
      const lost = hit === -1 ? undefined : PIECES[hit];
      expect(text, `byte ${at}`).toBe(lost === undefined ? PIECES.join('') : without(lost));
      // The end frame holds nothing: without it the file is not ended.
      expect(said.length > 0 || !ended, `byte ${at}`).toBe(true);
    }
  });

  it.each<[string, (parts: Buffer[]) => Buffer[], string, RegExp]>([
    [
      'a frame is cut out',
      ([a, b, , d, e, end]) => [a, b, d, e, end] as Buffer[],
      without('three\n'),
      /6 encrypted bytes are lost/,
    ],
    [
      'a frame is repeated',
      ([a, b, c, d, e, end]) => [a, b, b, c, d, e, end] as Buffer[],
      PIECES.join(''),
      /repeated or out of place/,
    ],
    [
      'two frames are swapped',
      ([a, b, c, d, e, end]) => [a, c, b, d, e, end] as Buffer[],
      without('two two\n'),
      /8 encrypted bytes are lost/,
    ],
    [
      'the first one comes again at the end',
      ([a, b, c, d, e, end]) => [a, b, c, d, e, end, a] as Buffer[],
      PIECES.join(''),
      /behind the end/,
    ],
    [
      'foreign bytes are put between',
      ([a, b, c, d, e, end]) => [a, b, Buffer.alloc(999, 'x'), c, d, e, end] as Buffer[],
      PIECES.join(''),
      /999 bytes are not part/,
    ],
  ])('when %s, says so and gives the rest', async (_what, change, text, words) => {
    const { header, frames, end } = made();
    const found = await reading(Buffer.concat([header, ...change([...frames, end])]));
    expect(found.text).toBe(text);
    expect(found.said.join('\n')).toMatch(words);
    // Lengths and order show without a key, too.
    const reader = await SealedReader.open(
      bytesOf(Buffer.concat([header, ...change([...frames, end])])),
      undefined,
      NAME,
      'a file',
    );
    await reader.walk();
    expect(reader.findings.length + reader.map.lost.length).toBeGreaterThan(0);
  });

  it('takes a frame of another file, or itself under another name, for damage', async () => {
    const { header, frames, end } = made();
    const other = made().frames[2] ?? Buffer.alloc(0);
    const mixed = Buffer.concat([header, ...frames.slice(0, 2), other, ...frames.slice(3), end]);
    expect(await reading(mixed)).toMatchObject({
      text: without('three\n'),
      said: [expect.stringContaining('is damaged')],
    });
    const renamed = await reading(Buffer.concat([header, ...frames, end]), ring, { ...NAME, number: 4 });
    expect(renamed).toMatchObject({ text: '', ended: false });
    expect(renamed.said.join('\n')).toContain('the file is segment 3 and not 4');
  });

  it('is cut at any byte without giving a wrong one', async () => {
    const { header, frames, end } = made();
    const whole = Buffer.concat([header, ...frames, end]);
    for (let cut = 0; cut < whole.length; cut++) {
      const { text, ended } = await reading(whole.subarray(0, cut));
      expect(PIECES.join('').startsWith(text), `cut at ${cut}`).toBe(true);
      expect(ended, `cut at ${cut}`).toBe(false);
    }
  });

  it('needs its key, and says which', async () => {
    const { header, frames, end } = made();
    const whole = Buffer.concat([header, ...frames, end]);
    const other = new KeyRing([Buffer.alloc(32, 2)]);
    for (const keys of [other, undefined]) {
      const reader = await SealedReader.open(bytesOf(whole), keys, NAME, 'a file');
      const read = reader.read(Buffer.alloc(9), 0, 9, 0);
      await expect(read).rejects.toThrow(KeyError);
      await expect(read).rejects.toThrow(ring.currentId);
    }
    const both = new KeyRing([Buffer.alloc(32, 2), Buffer.alloc(32, 1)]);
    expect(await reading(whole, both)).toMatchObject({ text: PIECES.join(''), said: [] });
  });
});

describe('a sealed text', () => {
  it('is read in its own place only, and with each of its characters', () => {
    const place = { store: 'journal', name: 'a' };
    const sealed = sealText(ring, place, 'an answer');
    expect(openText(ring, place, sealed)).toBe('an answer');
    expect(openText(ring, { ...place, name: 'b' }, sealed)).toBeUndefined();
    expect(openText(ring, { ...place, store: 'ledger' }, sealed)).toBeUndefined();
    expect(openText(undefined, place, '{"plain":true}')).toBe('{"plain":true}');
    expect(() => openText(undefined, place, sealed)).toThrow(KeyError);
    for (let at = 'sealed1:'.length + 17; at < sealed.length; at++) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      const opened = openText(ring, place, sealed.slice(0, at) + other + sealed.slice(at + 1));
      expect(opened, `character ${at}`).toBeUndefined();
    }
  });

  it('takes 32 bytes for a key, and nothing else', () => {
    expect(parseKey(` ${'0f'.repeat(32)}\n`)).toEqual(Buffer.alloc(32, 15));
    for (const text of [
      '',
      'abc',
      '0f'.repeat(31),
      '0f'.repeat(33),
      Buffer.alloc(31).toString('base64'),
      Buffer.alloc(33).toString('base64'),
    ]) {
      expect(() => parseKey(text), text).toThrow(KeyError);
    }
  });
});
