import type { Block, InputFormat, Source } from '../../sources/index.js';

const NEWLINE = 0x0a;
const OPEN_MAP = 0x7b;
const OPEN_LIST = 0x5b;
/** How much of a line is examined to recognize another format. */
const LINE_BYTES_PARSED = 4096;

/**
 * A source that reports, once, if its start looks like a format other than the one it is read as. @param format undefined: lines
 * of JSON
 */
export function reportingFormat(
  source: Source,
  format: InputFormat | undefined,
  tell: (message: string) => void,
): Source {
  return {
    ...source,
    async *blocks(signal): AsyncGenerator<Block> {
      const blocks = source.blocks(signal)[Symbol.asyncIterator]();
      try {
        const first = await blocks.next();
        if (first.done === true) return;
        const block = first.value;
        const words = block.kind === 'lines' ? await wordsFor(block.bytes, format) : undefined;
        if (words !== undefined) tell(`${source.name}: ${words}`);
        yield block;
        yield* { [Symbol.asyncIterator]: () => blocks };
      } finally {
        await blocks.return?.();
      }
    },
  };
}

async function wordsFor(start: Buffer, format: InputFormat | undefined): Promise<string | undefined> {
  if (format === undefined && beginsWithJson(start)) return undefined;
  const { recognize, recognizeColumns } = await import('../../sources/formats/index.js');
  return format === undefined ? recognize(start) : recognizeColumns(format.name, firstRow(start));
}

/** A header becomes an empty line among the decoded ones. */
function firstRow(bytes: Buffer): string {
  let start = 0;
  while (bytes[start] === NEWLINE) start += 1;
  const newline = bytes.indexOf(NEWLINE, start);
  return bytes.toString('utf8', start, newline === -1 ? bytes.length : newline);
}

/** The usual case, for which nothing more needs to be loaded. */
function beginsWithJson(bytes: Buffer): boolean {
  const newline = bytes.indexOf(NEWLINE);
  const end = newline === -1 ? bytes.length : newline;
  // A long line that begins like this is assumed to be JSON; in UTF-16 the second byte would be zero.
  if (end > LINE_BYTES_PARSED && (bytes[0] === OPEN_MAP || bytes[0] === OPEN_LIST) && bytes[1] !== 0) return true;
  try {
    JSON.parse(bytes.toString('utf8', 0, end));
    return true;
  } catch {
    return false;
  }
}
