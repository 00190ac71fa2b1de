import { isSocketName } from './names.js';
import type { ProcessIdentity } from '../process/index.js';

/** What a lock file says about the lock's owner. */
export interface OwnerRecord {
  readonly process: ProcessIdentity;
  /** What the owner runs, for display, such as `colloquium serve`. */
  readonly command?: string;
  /** Milliseconds since the epoch, by the owner's clock. */
  readonly since: number;
  /** The lock file's own inode, which differs in a copied folder. */
  readonly inode?: string;
  /** The socket beside the lock file on which the owner listens. */
  readonly socket?: SocketName;
  /** Whether the owner saw the folder on a file system that only one kernel can write to. */
  readonly isLocal: boolean;
}

export interface SocketName {
  readonly name: string;
  readonly inode: string;
}

const RELEASED = '{"released":true}\n';

/** The content of a lock file after its owner has released the lock. */
export function releasedText(): string {
  return RELEASED;
}

export function printOwner(owner: OwnerRecord): string {
  const { process, command, since, inode, socket, isLocal } = owner;
  return `${JSON.stringify({ ...process, command, since, inode, socket, local: isLocal })}\n`;
}

/** @returns undefined for a released lock, and for anything but a complete lock file, which no living owner can have written */
export function parseOwner(text: string): OwnerRecord | undefined {
  const value = parsed(text);
  if (value === undefined || typeof value['pid'] !== 'number') return undefined;
  const field = (name: string): Record<string, string> => {
    const found = value[name];
    return typeof found === 'string' ? { [name]: found } : {};
  };
  const socket = socketOf(value['socket']);
  return {
    process: {
      host: typeof value['host'] === 'string' ? value['host'] : 'unknown',
      pid: value['pid'],
      ...field('machine'),
      ...field('boot'),
      ...field('namespace'),
      ...field('started'),
    },
    since: typeof value['since'] === 'number' ? value['since'] : 0,
    isLocal: value['local'] === true,
    ...field('command'),
    ...field('inode'),
    ...(socket !== undefined && { socket }),
  };
}

function socketOf(value: unknown): SocketName | undefined {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('inode' in value)) return undefined;
  const { name, inode } = value;
  return typeof name === 'string' && typeof inode === 'string' && isSocketName(name) ? { name, inode } : undefined;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
