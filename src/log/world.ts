import { realClock, type Clock } from '../world/index.js';
import type { Disk } from './disk/disk.js';
import { nodeDisk } from './disk/node-disk.js';
import { thisProcess, type ProcessIdentity, type ProcessTable, nodeProcessTable } from './lock/process-identity.js';

/** What the log uses of the world around it. */
export interface World extends Pick<Clock, 'now' | 'elapsed' | 'wait'> {
  readonly disk: Disk;
  readonly self: ProcessIdentity;
  readonly processes: ProcessTable;
}

/** The real world. */
export function nodeWorld(): World {
  return { ...realClock, disk: nodeDisk, self: thisProcess(), processes: nodeProcessTable };
}
