import { realClock, type Clock } from '../world/index.js';
import type { KeyRing } from '../crypt/index.js';
import type { Disk } from './disk/disk.js';
import { nodeDisk } from './disk/node-disk.js';

/** The parts of the outside world that the log uses. */
export interface LogWorld extends Pick<Clock, 'now' | 'elapsed' | 'wait'> {
  readonly disk: Disk;
}

/** The real world. @param keys with which files are encrypted */
export function nodeWorld(keys?: KeyRing): LogWorld {
  return { ...realClock, disk: keys === undefined ? nodeDisk : { ...nodeDisk, keys } };
}
