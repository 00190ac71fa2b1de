import { write, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const writeAsync = promisify(write);

/** How long to wait when a non-blocking pipe with a slow reader answers EAGAIN. */
const FULL_PIPE_WAIT_MS = 2;

/** Like {@link writeFully}, for a regular file: saves a call to another thread. */
export function writeFileFully(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at, bytes.length - at);
}

/** Writes all the bytes to the descriptor, at its current position, however many calls that takes. */
export async function writeFully(fd: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    try {
      const { bytesWritten } = await writeAsync(fd, bytes, at, bytes.length - at, null);
      at += bytesWritten;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      await sleep(FULL_PIPE_WAIT_MS);
    }
  }
}
