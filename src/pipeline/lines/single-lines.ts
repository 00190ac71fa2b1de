import { partOf, type Block } from '../../sources/index.js';

const NEWLINE = 0x0a;

/** Splits blocks into blocks of one line each, for work that is done event by event. */
export async function* singleLines(blocks: AsyncIterable<Block>): AsyncGenerator<Block> {
  for await (const block of blocks) {
    if (block.kind === 'overlong' || block.bytes.length === 0) {
      yield block;
      continue;
    }
    const { bytesBefore, ...rest } = block;
    let { startsFile } = block;
    for (let at = 0; at < block.bytes.length;) {
      const newline = block.bytes.indexOf(NEWLINE, at);
      const end = newline === -1 ? block.bytes.length : newline + 1;
      // Only the block's last line ends where reading can resume.
      const resumeAt = end === block.bytes.length ? block.resumeAt : undefined;
      const before = startsFile && bytesBefore !== undefined ? { bytesBefore } : {};
      yield { ...rest, ...before, bytes: partOf(block.bytes, at, end), startsFile, resumeAt };
      startsFile = false;
      at = end;
    }
  }
}
