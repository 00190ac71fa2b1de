import { SAMPLE_EVENTS_MAX } from '../../config/index.js';
import { isBroken, openSource, refuseSealedPath } from '../../sources/index.js';
import { formatOfName } from '../../sources/formats/index.js';

const LINE_BYTES_MAX = 16 * 2 ** 20;

/**
 * The first events of a file as lines of JSON, as many as a sample needs. CSV, TSV and text are recognized by the file name, as
 * in a run.
 *
 * @throws SourceError if the file can't be read
 */
export async function firstLines(path: string): Promise<string[]> {
  const enough = new AbortController();
  const lines: string[] = [];
  refuseSealedPath(path);
  const source = openSource(path, { lineBytesMax: LINE_BYTES_MAX, follow: false, format: formatOfName(path) });
  for await (const block of source.blocks(enough.signal)) {
    if (block.kind === 'lines') for (const line of block.bytes.toString('utf8').split('\n')) lines.push(line);
    if (lines.length >= SAMPLE_EVENTS_MAX) enough.abort();
  }
  return lines.filter((line) => !isBroken(line)).slice(0, SAMPLE_EVENTS_MAX);
}
