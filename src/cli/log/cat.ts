import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { catFile, isLogFile, nodeWorld, OPEN_END, type CatTalk, type LogWorld } from '../../log/index.js';
import { SinkClosedError, stdoutSink } from '../../sinks/index.js';
import { isSealedPath, unsealed } from '../../sources/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { onDisk } from '../exit/on-disk.js';
import { openKeys } from '../../jobs/index.js';
import { findConfig } from '../flags/find-config.js';
import { UserError } from '../exit/user-error.js';
import { writeStderr } from '../terminal/stderr.js';
import type { LogFlags } from './flags.js';

/** `colloquium log cat`: prints files of a log, and encrypted outputs, as they would be without encryption and compression. */
export async function catLog(files: readonly string[], flags: LogFlags): Promise<ExitCode> {
  const world = nodeWorld(await openKeys(await findConfig(flags, 'data only')));
  const sink = stdoutSink();
  let damaged = 0;
  const talk: CatTalk = {
    onDamage(message) {
      damaged += 1;
      writeStderr(`colloquium: ${message}\n`);
    },
    onOpenEnd: (message) => writeStderr(`colloquium: ${message}\n`),
  };
  try {
    await onDisk(async () => {
      for (const file of files.map((one) => resolve(one))) {
        for await (const bytes of linesOf(file, world, talk)) await sink.write(bytes);
      }
    });
  } catch (error) {
    // Whoever closed the pipe has read enough.
    if (!(error instanceof SinkClosedError)) throw error;
  }
  return damaged === 0 ? EXIT.ok : EXIT.dataError;
}

/** @throws UserError for a file that is neither a log's nor an encrypted output */
function linesOf(file: string, world: LogWorld, talk: CatTalk): AsyncIterable<Buffer> {
  if (isLogFile(file)) return catFile(world, file, talk);
  if (!existsSync(file)) throw new UserError(`${file}: there is no such file`, EXIT.usage);
  // Nothing was written to it yet.
  if (statSync(file).size === 0) return Readable.from([]);
  if (isSealedPath(file)) {
    const { onDamage } = talk;
    return unsealed(file, world.disk.keys, { onDamage, onOpenEnd: () => talk.onOpenEnd(`${file}: ${OPEN_END}`) });
  }
  throw new UserError(`${file}: not a file of a log with events, nor an encrypted output`, EXIT.usage);
}
