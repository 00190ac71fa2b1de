import { resolve } from 'node:path';
import { catFile, nodeWorld } from '../../log/index.js';
import { SinkClosedError, stdoutSink } from '../../sinks/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { onDisk } from '../exit/on-disk.js';
import { openKeys } from '../../jobs/index.js';
import { findConfig } from '../flags/find-config.js';
import { writeStderr } from '../terminal/stderr.js';
import type { LogFlags } from './flags.js';

/** `colloquium log cat`: prints one file of a log as it would be without encryption and compression. */
export async function catLog(file: string, flags: LogFlags): Promise<ExitCode> {
  const world = nodeWorld(await openKeys(await findConfig(flags, 'data only')));
  const sink = stdoutSink();
  let damaged = 0;
  const onDamage = (message: string): void => {
    damaged += 1;
    writeStderr(`colloquium: ${message}\n`);
  };
  try {
    await onDisk(async () => {
      for await (const bytes of catFile(world, resolve(file), onDamage)) await sink.write(bytes);
    });
  } catch (error) {
    // Whoever closed the pipe has read enough.
    if (!(error instanceof SinkClosedError)) throw error;
  }
  return damaged === 0 ? EXIT.ok : EXIT.dataError;
}
