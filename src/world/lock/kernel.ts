import { lstatSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { codeOf } from './lock-files.js';
import type { SocketName } from './owner-record.js';

/**
 * The operating system as the witness of a life: a process listens on a socket, and only while it lives the kernel takes connections
 * for it, also when the process itself is stopped or busy. Another kernel, on another machine, knows nothing of it.
 */
export interface Kernel {
  /** Listens. @returns undefined where no socket can be made: the file system knows none, or the path is too long for one */
  listen(folder: string, name: string): Promise<Listener | undefined>;
  /**
   * Asks for a listener: `yes`: it lives; `no`: nobody of this kernel listens on this very socket; `unclear`: the socket is gone or
   * another one, or may not be asked.
   */
  isListening(folder: string, socket: SocketName): Promise<'yes' | 'no' | 'unclear'>;
  /** Whether a `no` is certain: some systems turn connections away when many wait for a process that lives. */
  readonly noIsCertain: boolean;
}

export interface Listener {
  readonly inode: string;
  /** Whether the socket still has its name. */
  isThere(): boolean;
  /** Ends the listening and removes the socket. */
  close(): Promise<void>;
}

/** `sun_path` less its final zero: 108 bytes on Linux, 104 on the BSDs and macOS. Node.js would cut a longer path off silently. */
const PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103;

/** Connections that wait for a process that does not accept them. More are told to come again, which says that it lives. */
const BACKLOG = 511;

/** The kernel that runs this process. */
export const realKernel: Kernel = {
  noIsCertain: process.platform === 'linux',

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
      // A lack of descriptors must not end the process: the connection waits, and who asks knows enough.
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
      // A connection to any other file is refused as well.
      if (socketInode(join(folder, name)) !== inode) return 'unclear';
      const code = await new Promise<string | undefined>((resolve) => {
        const connection = createConnection(path);
        connection.once('connect', () => {
          connection.destroy();
          resolve(undefined);
        });
        connection.once('error', (error) => resolve(codeOf(error) ?? 'unknown'));
      });
      // As many wait already as may.
      if (code === undefined || code === 'EAGAIN') return 'yes';
      return code === 'ECONNREFUSED' && socketInode(join(folder, name)) === inode ? 'no' : 'unclear';
    }),
};

/** Does something by a path that a socket's address can hold; where there is none, gives `otherwise`. */
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
    // The working directory is gone.
    return '';
  }
}

/** A link to a folder, by a short name, for as long as a system call takes. */
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
      // This place can't be written to: the next one.
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
