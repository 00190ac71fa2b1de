import { join } from 'node:path';
import { readClaims } from './keys/read-claims.js';
import { refuseNamesake, underLogLock } from './log-lock.js';
import type { LogBlock } from './read/log-block.js';
import { foreignEnd } from './read/log-end.js';
import { readLog, type LogReadOptions } from './read/read-log.js';
import { backupLog, type BackupReport } from './upkeep/backup.js';
import { describeSegments, type SegmentInfo } from './upkeep/list-segments.js';
import { pruneLog, type PruneOptions, type PruneReport } from './upkeep/prune.js';
import { verifyLog, type LocatedDamage, type VerifySummary } from './upkeep/verify.js';
import { listSegments, openSegment } from './segment/folder.js';
import type { LogWorld } from './log-world.js';

/** A log as another process sees it, with or without a writer. It takes the lock only to remove something. */
export interface ReadOnlyLog {
  /** Reads all whole lines that are present. */
  read(options: LogReadOptions): AsyncGenerator<LogBlock, void, void>;
  segments(): Promise<SegmentInfo[]>;
  verify(onFinding: (finding: LocatedDamage) => void): Promise<VerifySummary>;
  /**
   * @throws LogError `locked` while somebody writes to the log: the writer then removes old records itself; KeyError when the key of
   * the newest file is missing
   */
  prune(options: PruneOptions): Promise<PruneReport>;
  backup(destination: string): Promise<BackupReport>;
}

/** Opens a log for everything except writing. A missing folder counts as an empty log. */
export function openReadOnlyLog(world: LogWorld, folder: string): ReadOnlyLog {
  const end = foreignEnd(world);
  return {
    read: (options) => readLog(world, folder, end, options),
    segments: () => describeSegments(world, folder),
    verify: (onFinding) => verifyLog(world, folder, onFinding),
    async prune(options) {
      const [last] = (await listSegments(world.disk, folder)).slice(-1);
      const newest = last && (await openSegment(world.disk, folder, last));
      try {
        newest?.sealed?.requireKey();
      } finally {
        await newest?.close();
      }
      const prune = (): Promise<PruneReport> => pruneLog(world, folder, options);
      return options.dryRun === true ? prune() : underLogLock(folder, 'colloquium log prune', prune);
    },
    async backup(destination) {
      await refuseNamesake(folder);
      return backupLog(world, folder, destination, undefined, readClaims(world.disk, join(folder, 'keys'), folder));
    },
  };
}
