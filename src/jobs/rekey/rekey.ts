import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rekeyBatches, rekeyBooks, storesExist } from '../../ai/index.js';
import type { FilePlan } from '../../config/index.js';
import { openText, sealText, type KeyRing } from '../../crypt/index.js';
import { hasCode, replaceFile } from '../../files/index.js';
import { CheckpointStore, nodeWorld, rekeyLog, type RekeyReport } from '../../log/index.js';
import { REGISTER_PLACE } from '../../server/index.js';
import { inStoreFolder } from '../ai/index.js';
import { forgetReplaced } from '../rekey-note.js';
import { rekeyOutputs, type RekeyedOutputs } from './outputs.js';
import { StateStore, stateFolderOf } from '../state-store.js';

export interface RekeyPlan {
  readonly logFolder: string;
  readonly stateFolder: string;
  readonly keys: KeyRing;
  /** The config's outputs and dead letters that are encrypted. */
  readonly outputs: readonly FilePlan[];
  /** Further encrypted files. */
  readonly files: readonly string[];
  /** The command, shown to processes that are refused the log. */
  readonly command: string;
}

export interface Rekeyed {
  /** Undefined: there is no log. */
  readonly log: RekeyReport | undefined;
  /** Answers, costs and budgets that were encrypted anew. */
  readonly values: number;
  /** Files of requests that are in batches. */
  readonly batches: Awaited<ReturnType<typeof rekeyBatches>>;
  readonly checkpoints: number;
  /** Folders with the state of stages. */
  readonly states: number;
  readonly folderLedgers: number;
  readonly outputs: RekeyedOutputs;
  /** Whether there is nothing at all that could be encrypted anew: then the plan is about something else. */
  readonly isEmpty: boolean;
}

/**
 * Encrypts the log, if there is one, and what the state folder holds with the current key. The log's lock keeps daemons out; where
 * there is none, no daemon runs.
 *
 * @throws LogError, JobError, KeyError, StoreDamagedError; the operating system's errors
 */
export async function rekey({ logFolder, stateFolder, keys, command, ...written }: RekeyPlan): Promise<Rekeyed> {
  const world = nodeWorld(keys);
  // First the log: if its lock is taken, nothing is changed.
  const log = existsSync(logFolder) ? await rekeyLog(world, logFolder, command) : undefined;
  const isEmpty = log === undefined && !existsSync(stateFolder);
  const outputs = await rekeyOutputs(written.outputs, written.files, stateFolder, keys);
  const location = { kind: 'lmdb', folder: stateFolder, keys } as const;
  const hasStores = storesExist(location);
  const values = hasStores ? await inStoreFolder(stateFolder, () => rekeyBooks(location)) : 0;
  const batches = hasStores ? await inStoreFolder(stateFolder, () => rekeyBatches(location)) : { rekeyed: 0, left: [] };
  let checkpoints = 0;
  for (const folder of [join(stateFolder, 'checkpoints'), join(stateFolder, 'letters')]) {
    const store = new CheckpointStore(world, folder);
    for (const name of await store.names()) {
      const found = await store.get(name);
      if (found === undefined) continue;
      // The second time replaces the previous one.
      for (let times = 0; times < 2; times++) await store.put(name, outputs.inCheckpoint(found.value));
      checkpoints += 1;
    }
  }
  forgetReplaced(stateFolder);
  const states = await namesIn(join(stateFolder, 'state'));
  for (const name of states) await (await StateStore.open(stateFolderOf(stateFolder, name), keys)).close();
  const ledgers = await namesIn(join(stateFolder, 'folders'));
  for (const name of ledgers) await rekeyLedger(join(stateFolder, 'folders', name), keys);
  return {
    log,
    outputs,
    values,
    batches,
    checkpoints,
    states: states.length,
    folderLedgers: ledgers.length,
    isEmpty: isEmpty && outputs.found === 0,
  };
}

/** The first line, whose ledger it is, is not encrypted. */
async function rekeyLedger(path: string, keys: KeyRing): Promise<void> {
  const [head = '', ...lines] = (await readFile(path, 'utf8')).split('\n');
  const anew = lines.map((line) => {
    const text = line === '' ? undefined : openText(keys, { ...REGISTER_PLACE, path }, line);
    return text === undefined ? line : sealText(keys, REGISTER_PLACE, text);
  });
  await replaceFile(path, [head, ...anew].join('\n'));
}

async function namesIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  try {
    return (await readdir(folder)).filter((name) => !name.endsWith('.tmp'));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
