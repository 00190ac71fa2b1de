import { realClock, type Clock } from '../world/index.js';
import type { Disk } from './disk/disk.js';
import { nodeDisk } from './disk/node-disk.js';

/** The parts of the outside world that the log uses. */
export interface LogWorld extends Pick<Clock, 'now' | 'elapsed' | 'wait'> {
  readonly disk: Disk;
}

/** The real world. */
export function nodeWorld(): LogWorld {
  return { ...realClock, disk: nodeDisk };
}
