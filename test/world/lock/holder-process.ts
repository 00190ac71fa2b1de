/*
 * A process that takes a lock: `node holder-process.mjs FOLDER WHAT`. It prints `taken`, or why not, and then
 * `holds` it, `blocks` its event loop, leaves it to a `child` to live on, or `ends`.
 */
import { spawn } from 'node:child_process';
import { LockedError, takeLock } from '../../../src/world/lock/index.js';

const [, , folder = '', what = 'holds'] = process.argv;
try {
  const lock = await takeLock(folder, { what: 'the folder', command: 'holder' });
  if (what === 'child') {
    const child = spawn('sleep', ['1000'], { stdio: 'ignore', detached: true });
    process.stdout.write(`child ${child.pid ?? 0}\n`);
  }
  process.stdout.write(`taken ${process.pid}\n`, () => {
    if (what === 'blocks') for (;;);
  });
  if (what === 'ends') await lock.release();
  else setInterval(() => undefined, 1000);
} catch (error) {
  if (!(error instanceof LockedError)) throw error;
  process.stdout.write(`${error.message}\n`);
}
