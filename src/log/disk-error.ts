import { errorCode } from './disk/disk.js';
import { LogError } from './log-error.js';

const WAYS_OUT: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space; storing goes on by itself',
  EDQUOT: 'the disk quota is used up: raise it or free some space; storing goes on by itself',
  EIO: 'the disk reports an error: look at the system log, and move the folder to a sound disk',
  EACCES: 'access is denied: the folder must belong to the user that runs this',
  EPERM: 'access is denied: the folder must belong to the user that runs this',
  EROFS: 'the file system is read-only: mount it for writing',
  ENOTDIR: 'that is a file, not a folder: name another place',
  EEXIST: 'that is a file, not a folder: name another place',
};

/** What a failed system call means for the log, and what can be done about it. */
export function diskError(kind: 'read' | 'write', problem: string, error: unknown): LogError {
  const code = errorCode(error);
  const reason =
    (code === undefined ? undefined : WAYS_OUT[code]) ?? (error instanceof Error ? error.message : String(error));
  return new LogError(kind, `${problem}: ${reason}`, { cause: error, code });
}
