import { errorCode } from './disk/disk.js';
import { LogError } from './log-error.js';

const WAYS_OUT: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space; storing then continues by itself',
  EDQUOT: 'the disk quota is exceeded: raise it or free some space; storing then continues by itself',
  EIO: 'the disk reports an error: check the system log, and move the folder to a working disk',
  EACCES: 'access is denied: the folder must belong to the user that runs this',
  EPERM: 'access is denied: the folder must belong to the user that runs this',
  EROFS: 'the file system is read-only: mount it for writing',
  ENOTDIR: 'that is a file, not a folder: choose another path',
  EEXIST: 'that is a file, not a folder: choose another path',
};

/** Explains what a failed system call means for the log, and what to do about it. */
export function diskError(kind: 'read' | 'write', problem: string, error: unknown): LogError {
  const code = errorCode(error);
  const reason =
    (code === undefined ? undefined : WAYS_OUT[code]) ?? (error instanceof Error ? error.message : String(error));
  return new LogError(kind, `${problem}: ${reason}`, { cause: error, code });
}
