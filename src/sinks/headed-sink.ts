import type { FileHead } from './formats/index.js';
import type { Sink } from './sink.js';

/**
 * Writes a header before the first lines. A sink that is reopened on the same open file continues below the existing header.
 *
 * @param begun the headers that were written to the open file, as text
 */
export function headedSink(sink: Sink, head: FileHead | undefined, begun: Set<string>): Sink {
  if (head === undefined) return sink;
  const text = Buffer.from(head.bytes).toString('utf8');
  return {
    ...sink,
    async write(lines) {
      if (!begun.has(text)) {
        await sink.write(head.bytes);
        begun.add(text);
      }
      if (lines.length > 0) await sink.write(lines);
    },
  };
}
