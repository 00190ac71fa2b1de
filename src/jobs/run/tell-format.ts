import type { Block, Source } from '../../sources/index.js';

const NEWLINE = 0x0a;

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
  try {
    JSON.parse(bytes.toString('utf8', 0, newline === -1 ? bytes.length : newline));
    return true;
  } catch {
    return false;
  }
}
