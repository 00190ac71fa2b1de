/** Columns of a line that people read. */
const WIDTH = 100;

/** Words behind a head, over as many lines as they take: the next ones begin below the first word. */
export function wrapped(head: string, words: readonly string[]): string {
  const lines: string[] = [];
  let line = head;
  for (const word of words) {
    if (line.length > head.length && line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = ' '.repeat(head.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].join('\n');
}
