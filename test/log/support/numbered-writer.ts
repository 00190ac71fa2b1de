/**
 * A process that writes to a log until it is killed: `node numbered-writer.mjs FOLDER ROUND`. Several appenders number their
 * events; each acknowledged one is told on stdout as `APPENDER NUMBER`.
 */
import { writeSync } from 'node:fs';
import { Log, nodeWorld } from '../../../src/log/index.js';

const APPENDERS = 8;

const [folder = '', round = '0'] = process.argv.slice(2);
const log = await Log.open(nodeWorld(), {
  folder,
  durability: 'fsync',
  segmentBytesMax: 60_000,
  pack: true,
  memoryRecordsMax: 100,
});

await Promise.all(
  Array.from({ length: APPENDERS }, async (_, appender) => {
    for (let number = 0; ; number++) {
      const data = JSON.stringify({ round: Number(round), appender, number, text: 'x'.repeat((number * 37) % 400) });
      await log.append([{ data, metadata: '{"source":"test","pipeline":"default","retry_count":0}' }]);
      writeSync(1, `${appender} ${number}\n`);
    }
  }),
);
