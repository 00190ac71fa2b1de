import type { Block, Source } from '../../sources/index.js';

const NEWLINE = 0x0a;
const OPEN_MAP = 0x7b;
const OPEN_LIST = 0x5b;
/** As much as is looked at to tell another format. */
const LINE_BYTES_PARSED = 4096;

/** A source of lines of JSON that tells, once, when its start looks like something else. */
export function tellingFormat(source: Source, tell: (message: string) => void): Source {
  return {
    ...source,
    async *blocks(signal): AsyncGenerator<Block> {
      const blocks = source.blocks(signal)[Symbol.asyncIterator]();
      try {
        const first = await blocks.next();
        if (first.done === true) return;
        const block = first.value;
        if (block.kind === 'lines' && !beginsWithJson(block.bytes)) {
          const { recognize } = await import('../../sources/formats/index.js');
          const words = recognize(block.bytes);
          if (words !== undefined) tell(`${source.name}: ${words}`);
        }
        yield block;
        yield* { [Symbol.asyncIterator]: () => blocks };
      } finally {
        await blocks.return?.();
      }
    },
  };
}

/** The usual case: nothing more is to be loaded for it. */
function beginsWithJson(bytes: Buffer): boolean {
  const newline = bytes.indexOf(NEWLINE);
  const end = newline === -1 ? bytes.length : newline;
  // Of a long line nothing can be told that begins like this; UTF-16 has a zero there.
  if (end > LINE_BYTES_PARSED && (bytes[0] === OPEN_MAP || bytes[0] === OPEN_LIST) && bytes[1] !== 0) return true;
  try {
    JSON.parse(bytes.toString('utf8', 0, end));
    return true;
  } catch {
    return false;
  }
}
