/**
 * Yields the lines of a text, without their line breaks.
 *
 * @param chunks UTF-8, cut anywhere
 * @param lengthMax a line that is longer ends it, in UTF-16 units
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, lengthMax = Infinity): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const [rest = '', ...next] = decoder.decode(chunk, { stream: true }).split('\n');
    begun.push(rest);
    length += rest.length;
    for (const line of next) {
      yield begun.join('');
      begun = [line];
      length = line.length;
    }
    if (length > lengthMax) return;
  }
  const last = begun.join('') + decoder.decode();
  if (last !== '') yield last;
}
