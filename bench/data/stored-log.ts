import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { Log, nodeWorld } from '../../src/log/index.js';
import { dataFile } from './events.js';

const METADATA = JSON.stringify({ source: 'http', pipeline: 'default', retry_count: 0 });
const SEGMENT_BYTES = 100 << 20;
const EVENTS_PER_APPEND = 10_000;

/** A stored log of the plain events, made once. */
export async function storedLog(folder: string, events: number): Promise<string> {
  const path = `${folder}log-${events}`;
  if (existsSync(path)) return path;
  const lines = readFileSync(dataFile(folder, 'event', events), 'utf8')
    .trimEnd()
    .split('\n');
  rmSync(`${path}.part`, { recursive: true, force: true });
  const log = await Log.open(nodeWorld(), {
    folder: `${path}.part`,
    durability: 'os',
    segmentBytesMax: SEGMENT_BYTES,
    pack: false,
    memoryRecordsMax: 0,
  });
  for (let at = 0; at < lines.length; at += EVENTS_PER_APPEND) {
    await log.append(lines.slice(at, at + EVENTS_PER_APPEND).map((data) => ({ data, metadata: METADATA })));
  }
  await log.close();
  renameSync(`${path}.part`, path);
  return path;
}
