import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { withAssembly } from '../../../.config/assembly.js';
import { expect, onTestFinished } from 'vitest';
import type { KeyRing } from '../../../src/crypt/index.js';
import { Log, LOG_START, nodeWorld } from '../../../src/log/index.js';
import { numberedEntry, type Numbered } from './numbered-entry.js';
import { optionsFor, readAll, verifyFolder } from './log-folder.js';

/** An event whose writer was told that it is stored. */
interface Acknowledged extends Numbered {
  readonly id: string;
}

/** How many acknowledged events of each appender are sent again after a kill. */
const REPEATED = 3;

/**
 * Lets a process write to a log and kills it, again and again. After each kill every acknowledged event must be there
 * once, in the order of its appender, and the log must be sound. As a client would, the last events of each are sent again
 * with their keys, and the first that was not acknowledged.
 *
 * @param keys if given, those of the tests, with which the log is encrypted
 * @param livesMs how long each process may write after its first acknowledgement
 */
export async function killRounds(
  folder: string,
  logFolder: string,
  livesMs: readonly number[],
  keys?: KeyRing,
): Promise<void> {
  const script = `${folder}/numbered-writer.mjs`;
  const entry = fileURLToPath(new URL('numbered-writer.ts', import.meta.url));
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
    logLevel: 'error',
    plugins: [withAssembly, lmdbWhereItIs],
  });
  const acknowledged: Acknowledged[] = [];

  for (const [round, lifeMs] of livesMs.entries()) {
    for (const line of await writeUntilKilled(script, logFolder, round, lifeMs, keys)) {
      const [appender = '', number = '', id = ''] = line.split(' ');
      acknowledged.push({ round, appender: Number(appender), number: Number(number), id });
    }
    const log = await Log.open(nodeWorld(keys), optionsFor(logFolder, { keys: true }));
    await sendAgain(
      log,
      acknowledged.filter((event) => event.round === round),
    );
    const { events, damage } = await readAll(log.read({ from: LOG_START }));
    await log.close();
    expect(damage).toEqual([]);
    expect(await verifyFolder(logFolder, keys)).toEqual([]);
    expectAllOnceInOrder(
      events.map(({ data }) => data as Numbered),
      acknowledged,
    );
  }
  expect(acknowledged.length).toBeGreaterThan(livesMs.length * 8);
}

/** The script lies outside the project, and finds no packages by name. */
const lmdbWhereItIs: Plugin = {
  name: 'lmdb',
  setup: (bundler) => {
    const path = new URL('../../../node_modules/lmdb/node-index.js', import.meta.url).href;
    bundler.onResolve({ filter: /^lmdb$/ }, () => ({ path, external: true }));
  },
};

async function sendAgain(log: Log, acknowledged: readonly Acknowledged[]): Promise<void> {
  const last = new Map(acknowledged.map(({ appender, number }) => [appender, number]));
  for (const { id, ...numbered } of acknowledged) {
    if (numbered.number <= (last.get(numbered.appender) ?? 0) - REPEATED) continue;
    expect(await log.append([numberedEntry(numbered)])).toMatchObject({ ids: [id], stored: 0 });
  }
  for (const [appender, number] of last) {
    const [{ round } = { round: 0 }] = acknowledged;
    const unsure = numberedEntry({ round, appender, number: number + 1 });
    const first = await log.append([unsure]);
    expect(await log.append([unsure])).toMatchObject({ ids: first.ids, stored: 0 });
  }
}

function expectAllOnceInOrder(stored: readonly Numbered[], acknowledged: readonly Numbered[]): void {
  const next = new Map<string, number>();
  for (const { round, appender, number } of stored) {
    const key = `${round}/${appender}`;
    expect(number, `the next event of ${key}`).toBe(next.get(key) ?? 0);
    next.set(key, number + 1);
  }
  for (const { round, appender, number } of acknowledged) {
    expect(next.get(`${round}/${appender}`) ?? 0, `an acknowledged event of ${round}/${appender}`).toBeGreaterThan(
      number,
    );
  }
}

/** The lines that the process wrote before it was killed; the last may be cut off, and is then not counted. */
function writeUntilKilled(
  script: string,
  folder: string,
  round: number,
  lifeMs: number,
  keys: KeyRing | undefined,
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, folder, String(round), keys === undefined ? 'plain' : 'encrypted'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8');
    child.stderr.setEncoding('utf8');
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), lifeMs));
    child.stdout.on('data', (text: string) => (output += text));
    child.stderr.on('data', (text: string) => (errors += text));
    child.once('error', reject);
    child.once('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(output.split('\n').slice(0, -1));
      else reject(new Error(`the writer ended by itself: ${errors}`));
    });
  });
}
