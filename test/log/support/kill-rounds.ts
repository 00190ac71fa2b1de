import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect } from 'vitest';
import { Log, LOG_START, nodeWorld } from '../../../src/log/index.js';
import { optionsFor, readAll, verifyFolder } from './log-folder.js';

interface Numbered {
  readonly round: number;
  readonly appender: number;
  readonly number: number;
}

/**
 * Lets a process write to a log and kills it, again and again. After each kill every acknowledged event must be there
 * once, in the order of its appender, and the log must be sound.
 *
 * @param livesMs how long each process may write after its first acknowledgement
 */
export async function killRounds(folder: string, logFolder: string, livesMs: readonly number[]): Promise<void> {
  const script = `${folder}/numbered-writer.mjs`;
  const entry = fileURLToPath(new URL('numbered-writer.ts', import.meta.url));
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
    logLevel: 'error',
  });
  const acknowledged: Numbered[] = [];

  for (const [round, lifeMs] of livesMs.entries()) {
    for (const line of await writeUntilKilled(script, logFolder, round, lifeMs)) {
      const [appender = '', number = ''] = line.split(' ');
      acknowledged.push({ round, appender: Number(appender), number: Number(number) });
    }
    const log = await Log.open(nodeWorld(), optionsFor(logFolder));
    const { events, damage } = await readAll(log.read({ from: LOG_START }));
    await log.close();
    expect(damage).toEqual([]);
    expect(await verifyFolder(logFolder)).toEqual([]);
    expectAllOnceInOrder(
      events.map(({ data }) => data as Numbered),
      acknowledged,
    );
  }
  expect(acknowledged.length).toBeGreaterThan(livesMs.length * 8);
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
function writeUntilKilled(script: string, folder: string, round: number, lifeMs: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, folder, String(round)], { stdio: ['ignore', 'pipe', 'pipe'] });
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
