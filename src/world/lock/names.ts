/** The names of a lock's files in its folder: `lock.7`, the owner's socket `lock.s-…`, and a short-lived `lock.t-…`. */

const LOCK_FILE = /^lock\.([0-9]{1,15})$/;
/** Short, because socket paths must be; random, so that nobody removes another process's socket. */
const SOCKET_FILE = /^lock\.s-[0-9a-z]{8}$/;
const TEMPORARY_FILE = /^lock\.t-[0-9a-z]{8}$/;

export function lockFile(number: number): string {
  return `lock.${number}`;
}

/** @param random eight letters and digits */
export function socketName(random: string): string {
  return `lock.s-${random}`;
}

/** @param random eight letters and digits */
export function temporaryName(random: string): string {
  return `lock.t-${random}`;
}

/** Returns the number in a lock file's name, or undefined for any other name. */
export function lockNumber(name: string): number | undefined {
  const digits = LOCK_FILE.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function isSocketName(name: string): boolean {
  return SOCKET_FILE.test(name);
}

export function isTemporary(name: string): boolean {
  return TEMPORARY_FILE.test(name);
}

/** Whether a file in a locked folder belongs to the lock. */
export function isLockFile(name: string): boolean {
  return lockNumber(name) !== undefined || isSocketName(name) || isTemporary(name);
}
