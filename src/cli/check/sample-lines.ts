import { SAMPLE_EVENTS_MAX } from '../../config/index.js';
import { openSource } from '../../sources/index.js';

const LINE_BYTES_MAX = 16 * 2 ** 20;

/**
 * The first lines of a file, as many as a sample takes.
 *
 * @throws SourceError when it can't be read
 */
export async function firstLines(path: string): Promise<string[]> {
  const enough = new AbortController();
  const lines: string[] = [];
  const source = openSource(path, { lineBytesMax: LINE_BYTES_MAX, follow: false });
  for await (const block of source.blocks(enough.signal)) {
    if (block.kind === 'lines') for (const line of block.bytes.toString('utf8').split('\n')) lines.push(line);
    if (lines.length >= SAMPLE_EVENTS_MAX) enough.abort();
  }
  return lines.slice(0, SAMPLE_EVENTS_MAX);
}
