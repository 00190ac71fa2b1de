import { lstatSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { codeOf } from './lock-files.js';
import type { SocketName } from './owner-record.js';

/**
 * The operating system as a witness that a process is alive: the process listens on a socket, and the kernel accepts connections
 * for it only while the process lives, even if it is stopped or busy. A kernel on another machine knows nothing of the socket.
 */
export interface Kernel {
  /**
   * Listens on a new socket.
   *
   * @returns undefined if the file system does not support sockets or the path is too long
   */
  listen(folder: string, name: string): Promise<Listener | undefined>;
  /**
   * Checks for a listener. `yes`: it is alive; `no`: nobody in this kernel listens on this very socket; `unclear`: the socket is
   * gone, was replaced, or can't be connected to.
   */
  isListening(folder: string, socket: SocketName): Promise<'yes' | 'no' | 'unclear'>;
  /** Whether a `no` is certain. Some systems refuse connections when too many are pending for a live process. */
  readonly isRefusalCertain: boolean;
}

export interface Listener {
  readonly inode: string;
  /** Whether the socket still has its name. */
  isThere(): boolean;
  /** Stops listening and removes the socket. */
  close(): Promise<void>;
}

/**
 * The length of `sun_path` without its terminating zero: 108 bytes on Linux, 104 on the BSDs and macOS. Node.js truncates longer
 * paths silently.
 */
const PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103;

/**
 * Pending connections to a process that does not accept them. Any further connection gets EAGAIN, which shows that the process is
 * alive.
 */
const BACKLOG = 511;

/** The kernel that this process runs on. */
export const realKernel: Kernel = {
  isRefusalCertain: process.platform === 'linux',

  listen: (folder, name) =>
    withShortPath(folder, name, undefined, async (short) => {
      const server = createServer((connection) => connection.destroy());
      server.unref();
      const failed = await new Promise<boolean>((resolve) => {
        server.once('error', () => resolve(true));
        server.listen({ path: short, backlog: BACKLOG }, () => resolve(false));
      });
      const path = join(folder, name);
      const inode = failed ? undefined : socketInode(path);
      if (inode === undefined) {
        server.close();
        return undefined;
      }
      // A lack of descriptors must not crash the process. The connection stays pending, which is answer enough.
      server.on('error', () => undefined);
      return {
        inode,
        isThere: () => socketInode(path) === inode,
        async close() {
          if (socketInode(path) === inode) rmSync(path, { force: true });
          await new Promise((resolve) => server.close(resolve));
        },
      };
    }),

  isListening: (folder, { name, inode }) =>
    withShortPath(folder, name, 'unclear', async (path) => {
      // The kernel also refuses a connection to any other file.
      if (socketInode(join(folder, name)) !== inode) return 'unclear';
      const code = await new Promise<string | undefined>((resolve) => {
        const connection = createConnection(path);
        connection.once('connect', () => {
          connection.destroy();
          resolve(undefined);
        });
        connection.once('error', (error) => resolve(codeOf(error) ?? 'unknown'));
      });
      // The queue of pending connections is full.
      if (code === undefined || code === 'EAGAIN') return 'yes';
      return code === 'ECONNREFUSED' && socketInode(join(folder, name)) === inode ? 'no' : 'unclear';
    }),
};

/** Runs an action with a path that is short enough for a socket address; returns `otherwise` if there is no such path. */
async function withShortPath<T>(
  folder: string,
  name: string,
  otherwise: T,
  action: (path: string) => Promise<T>,
): Promise<T> {
  const path = [join(folder, name), relativePath(folder, name)].find(fits);
  if (path !== undefined) return action(path);
  const detour = shortcutTo(folder);
  if (detour === undefined) return otherwise;
  try {
    const short = join(detour.folder, name);
    return fits(short) ? await action(short) : otherwise;
  } finally {
    detour.remove();
  }
}

function fits(path: string): boolean {
  return path !== '' && Buffer.byteLength(path) <= PATH_BYTES_MAX;
}

function relativePath(folder: string, name: string): string {
  try {
    return relative(process.cwd(), join(folder, name));
  } catch {
    // The working directory no longer exists.
    return '';
  }
}

/** A link with a short name to a folder, for the duration of a system call. */
function shortcutTo(folder: string): { readonly folder: string; remove(): void } | undefined {
  for (const place of new Set([tmpdir(), '/tmp', '/dev/shm'])) {
    try {
      const made = mkdtempSync(join(place, 'c-'));
      const link = join(made, 'l');
      const remove = (): void => {
        rmSync(link, { force: true });
        rmSync(made, { recursive: true, force: true });
      };
      try {
        symlinkSync(folder, link);
      } catch (error) {
        remove();
        throw error;
      }
      return { folder: link, remove };
    } catch {
      // This folder is not writable. Try the next one.
    }
  }
  return undefined;
}

function socketInode(path: string): string | undefined {
  try {
    const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return found?.isSocket() === true ? String(found.ino) : undefined;
  } catch {
    return undefined;
  }
}
