import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventFailure } from '../../src/pipeline/index.js';
import { EventReader } from '../../src/server/index.js';

function textOf(reader: EventReader, body: string): string | undefined {
  try {
    return Buffer.from(reader.readBody(Buffer.from(`${body}\n`)).data).toString();
  } catch (error) {
    if (error instanceof EventFailure) return undefined;
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON with white space where there may be some, and now and then a character too many or too few. */
const almostJson = fc
  .tuple(
    fc.json({ maxDepth: 3 }),
    fc.constantFrom('', ' ', '\n', '\r\n', '\t'),
    fc.nat(),
    fc.constantFrom('', '', '', ',', '}', '"', 'x', '\n', '\u0001'),
  )
  .map(([json, space, at, extra]) => {
    const spaced = json.replaceAll(/([[\]{},:])(?=(?:[^"]*"[^"]*")*[^"]*$)/g, `${space}$1${space}`);
    const place = at % (spaced.length + 1);
    return spaced.slice(0, place) + extra + spaced.slice(place);
  });

describe('an event reader', () => {
  it('takes exactly what JSON.parse takes, and keeps its meaning on one line', () => {
    const reader = new EventReader(1000);
    fc.assert(
      fc.property(almostJson, (body) => {
        const text = textOf(reader, body);
        expect(text !== undefined).toBe(isJson(body));
        if (text !== undefined) {
          expect(JSON.parse(text)).toEqual(JSON.parse(body));
          expect(text).not.toMatch(/[\r\n]/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads a block of lines as it reads each by itself', () => {
    fc.assert(
      fc.property(
        fc.array(
          almostJson.map((text) => text.replaceAll(/[\r\n]/g, ' ')),
          { maxLength: 8 },
        ),
        (lines) => {
          const block = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const seen: (string | undefined)[] = Array.from({ length: lines.length });
          const blank = lines.map((line) => line.trim() === '');
          const reader = new EventReader(1000);
          const count = reader.readLines(
            block,
            (start, end, _key, line) => (seen[line] = block.toString('utf8', start, end)),
            () => undefined,
          );
          expect(count).toBe(lines.length);
          expect(seen).toEqual(
            lines.map((line, at) => (blank[at] === true ? undefined : textOf(new EventReader(1000), line))),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});
