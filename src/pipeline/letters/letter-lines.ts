import { constants } from 'node:buffer';

const NEWLINE = 0x0a;

/** A line of a dead-letter file, or a piece of a line that is too long for a string. */
export interface LetterLine {
  /** Undefined if the line is too long. */
  readonly text: string | undefined;
  /** The bytes of the line, including its newline. */
  readonly pieces: readonly Buffer[];
  readonly bytes: number;
  /** `nothing`: the content ends without a newline. `more`: the rest of a line that is too long follows. */
  readonly endsWith: 'newline' | 'nothing' | 'more';
}

/** Cuts content into lines. Of a line that is too long, holds no more than the maximum length of a string. */
export async function* letterLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<LetterLine, void, void> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  let isTooLong = false;
  const take = (endsWith: LetterLine['endsWith']): LetterLine => {
    const text = isTooLong ? undefined : Buffer.concat(pieces).toString('utf8');
    const line = { text, pieces, bytes, endsWith };
    pieces = [];
    bytes = 0;
    isTooLong &&= endsWith === 'more';
    return line;
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const newline = chunk.indexOf(NEWLINE, at);
      const end = newline === -1 ? chunk.length : newline + 1;
      pieces.push(chunk.subarray(at, end));
      bytes += end - at;
      at = end;
      isTooLong ||= bytes > constants.MAX_STRING_LENGTH;
      if (newline !== -1) yield take('newline');
      else if (isTooLong) yield take('more');
    }
  }
  if (bytes > 0) yield take('nothing');
}
