import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { lettersAgain, parseLetterPlace, type DrivenLetters } from '../../../src/pipeline/index.js';
import { scratch } from '../../support/cli.js';

const letter = (id: string, retries = 0): string =>
  `{"error":{"kind":"x"},"event":{"id":"${id}","timestamp":5,"data":12345678901234567890,"metadata":{"source":"s","pipeline":"p","retry_count":${retries}}},"source":"s","line":null}\n`;

interface Taken {
  readonly ids: string[];
  readonly driven: DrivenLetters;
  undrivable: number;
}

async function take(
  path: string,
  driven?: DrivenLetters,
  accepts: (line: string) => boolean = () => true,
): Promise<Taken> {
  const ids: string[] = [];
  const counts = { undrivable: 0, left: 0 };
  let before = driven?.before ?? { part: 1, offset: 0 };
  const keys = [...(driven?.keys ?? [])];
  const choice = {
    driven,
    accepts,
    onUndrivable: () => (counts.undrivable += 1),
    onLeft: () => (counts.left += 1),
  };
  for await (const block of lettersAgain({ path, part: undefined }, choice, new AbortController().signal)) {
    const event = JSON.parse(block.kind === 'lines' ? block.bytes.toString() : '') as {
      id: string;
      metadata: { retry_count: number };
    };
    ids.push(`${event.id}:${event.metadata.retry_count}`);
    const place = parseLetterPlace(block.resumeAt);
    if (place === undefined) throw new Error('no place');
    if (counts.left === 0) before = place.end;
    else keys.push(place.key);
  }
  return { ids, driven: { before, keys }, undrivable: counts.undrivable };
}

describe('dead letters', () => {
  it('are driven again with one more retry, each once, over rotated and packed files', async () => {
    const folder = scratch();
    const path = join(folder, 'dead.ndjson');
    writeFileSync(join(folder, 'dead.000001.ndjson.gz'), gzipSync(letter('a') + letter('b')));
    writeFileSync(join(folder, 'dead.000002.ndjson'), letter('c', 4));
    writeFileSync(path, letter('d'));
    const first = await take(path);
    expect(first.ids).toEqual(['a:1', 'b:1', 'c:5', 'd:1']);
    expect((await take(path, first.driven)).ids).toEqual([]);
    appendFileSync(path, letter('a', 1) + letter('e'));
    const second = await take(path, first.driven);
    expect(second.ids).toEqual(['a:2', 'e:1']);
  });

  it('keep their place when the file is rotated in between', async () => {
    const folder = scratch();
    const path = join(folder, 'dead.ndjson');
    writeFileSync(path, letter('a'));
    const { driven } = await take(path);
    writeFileSync(join(folder, 'dead.000001.ndjson'), letter('a') + letter('b'));
    writeFileSync(path, letter('c'));
    expect((await take(path, driven)).ids).toEqual(['b:1', 'c:1']);
  });

  it('that were not chosen can be chosen later', async () => {
    const path = join(scratch(), 'dead.ndjson');
    writeFileSync(path, ['a', 'b', 'c', 'd'].map((id) => letter(id)).join(''));
    const odd = await take(path, undefined, (line) => line.includes('"b"') || line.includes('"d"'));
    expect(odd.ids).toEqual(['b:1', 'd:1']);
    expect((await take(path, odd.driven)).ids).toEqual(['a:1', 'c:1']);
  });

  it('without an event in them stay, and so does one that is being written', async () => {
    const path = join(scratch(), 'dead.ndjson');
    writeFileSync(
      path,
      `{"error":{},"raw":"x","source":"s","line":1}\nnonsense\n${letter('a')}${letter('b').slice(0, 50)}`,
    );
    const { ids, undrivable } = await take(path);
    expect([ids, undrivable]).toEqual([['a:1'], 2]);
  });

  it('keep their numbers exactly', async () => {
    const path = join(scratch(), 'dead.ndjson');
    writeFileSync(path, letter('a'));
    for await (const block of lettersAgain(
      { path, part: undefined },
      { driven: undefined, accepts: () => true, onUndrivable: () => undefined, onLeft: () => undefined },
      new AbortController().signal,
    ))
      expect(block.kind === 'lines' && block.bytes.toString()).toContain('12345678901234567890');
  });
});
