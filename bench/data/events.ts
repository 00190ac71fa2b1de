import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs';
import type { DataKind } from '../cases.js';
import { random, type Random } from './random.js';

const SEED = 42;
const FLUSH_CHARACTERS = 1 << 20;
/** Parts of a long event: 8 KB of entries like those that applications log. */
const ENTRIES = 44;
const VALUES = 20;

const MAKERS: Readonly<Record<DataKind, (index: number, from: Random) => unknown>> = {
  event: plainEvent,
  long: (index, from) => ({
    ...plainEvent(index, from),
    entries: Array.from({ length: ENTRIES }, () => entry(from)),
  }),
  log: (index, from) => ({
    id: 1_000_000 + index,
    at: new Date(1_700_000_000_000 + index * 1000).toISOString().replace('.000', ''),
    user: `${from.pick(['Anna', 'BOB', 'Carla'])}${from.integer(1000)}`,
    path: `/api/${from.pick(['users', 'orders'])}/${from.integer(10_000)}/${from.pick(['read', 'write'])}`,
    ...(from.fraction() < 0.3 && { nick: from.pick(NAMES) }),
    ms: from.integer(500),
    message: `request ${from.integer(1_000_000)} took longer than it should have`,
  }),
  list: (index, from) => ({
    id: 1_000_000 + index,
    ts: 1_700_000_000_000 + index * 37,
    user: { id: from.integer(1_000_000), name: from.pick(NAMES) },
    message: `batch ${from.integer(1_000_000)} was measured`,
    values: Array.from({ length: VALUES }, () => from.integer(1000)),
    ok: from.fraction() < 0.9,
  }),
};

const NAMES = ['anna', 'bob', 'carla', 'dmitri', 'eve', 'frank'];

/** About 240 bytes as JSON. */
function plainEvent(index: number, from: Random): object {
  return {
    id: 1_000_000 + index,
    ts: 1_700_000_000_000 + index * 37,
    user: {
      id: from.integer(1_000_000),
      name: `${from.pick(NAMES)}${from.integer(1000)}`,
      country: from.pick(['CH', 'DE', 'US', 'FR']),
    },
    level: from.pick(['debug', 'info', 'info', 'info', 'warn', 'error']),
    score: Math.round(from.fraction() * 1e4) / 1e4,
    price: Math.round(from.fraction() * 1e5) / 100,
    qty: 1 + from.integer(9),
    message: `request ${from.integer(1_000_000)} took longer than it should have`,
    tags: [from.pick(['a', 'b', 'c']), from.pick(['x', 'y', 'z'])],
    ok: from.fraction() < 0.9,
  };
}

function entry(from: Random): object {
  return {
    at: 1_700_000_000_000 + from.integer(1_000_000),
    step: from.pick(['parse', 'check', 'store', 'answer']),
    ms: from.integer(500),
    text: `${from.pick(NAMES)} saw "${from.pick(['nothing', 'a retry', 'an error'])}" at ${from.integer(10_000)}, and went on to the next of the steps that were planned`,
  };
}

/** A file of events, made once: the same for the same kind and number. */
export function dataFile(folder: string, kind: DataKind, events: number): string {
  const path = `${folder}${kind}-${events}.ndjson`;
  if (existsSync(path)) return path;
  const from = random(SEED);
  const fd = openSync(`${path}.part`, 'w');
  let text = '';
  for (let index = 0; index < events; index++) {
    text += `${JSON.stringify(MAKERS[kind](index, from))}\n`;
    if (text.length > FLUSH_CHARACTERS || index === events - 1) {
      writeSync(fd, text);
      text = '';
    }
  }
  closeSync(fd);
  renameSync(`${path}.part`, path);
  return path;
}
