/**
 * A process that writes to a log until it is killed: `node numbered-writer.mjs FOLDER ROUND plain|encrypted`. Several appenders number their
 * events; each acknowledged one is told on stdout as `APPENDER NUMBER ID`.
 */
import { writeSync } from 'node:fs';
import { Log, nodeWorld } from '../../../src/log/index.js';
import { KEYS } from './keys.js';
import { numberedEntry } from './numbered-entry.js';

const APPENDERS = 8;

const [folder = '', round = '0', form] = process.argv.slice(2);
const log = await Log.open(nodeWorld(form === 'encrypted' ? KEYS : undefined), {
  folder,
  durability: 'fsync',
  segmentBytesMax: 60_000,
  pack: true,
  memoryRecordsMax: 100,
  keys: true,
});

await Promise.all(
  Array.from({ length: APPENDERS }, async (_, appender) => {
    for (let number = 0; ; number++) {
      const { ids } = await log.append([numberedEntry({ round: Number(round), appender, number })]);
      writeSync(1, `${appender} ${number} ${ids.join()}\n`);
    }
  }),
);
