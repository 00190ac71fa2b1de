import type { LockWorld } from '../../../src/world/lock/lock-world.js';
import { processesSeenBy, type ProcessIdentity } from '../../../src/world/index.js';

interface File {
  readonly inode: string;
  readonly text: string;
  /** The process that listens on it, when it is a socket. */
  readonly listener?: SimulatedProcess | undefined;
  readonly isSocket: boolean;
}

export interface SimulatedProcess {
  readonly identity: ProcessIdentity;
  readonly namespace: string;
  isAlive: boolean;
  readonly world: LockWorld;
}

/** Where a simulated process is. Two hosts have kernels of their own; two namespaces of one host share its kernel. */
export interface Seat {
  readonly host: string;
  readonly namespace: string;
  /** The system tells no boot, no namespace, and no start times. */
  readonly hidesProc?: boolean;
}

export interface MachineOptions {
  /** A folder on a network: several hosts write to it. */
  readonly isShared?: boolean;
  readonly knowsSockets?: boolean;
  /** Called before every step that a process takes, so that others may get in between. */
  readonly step?: () => Promise<void>;
}

/** Machines that share one folder, whose processes can die at any moment. */
export class Machines {
  readonly files = new Map<string, File>();
  readonly #boots = new Map<string, number>();
  readonly #processes: SimulatedProcess[] = [];
  readonly #starts = new Map<string, number>();
  #inodes = 0;
  #names = 0;

  constructor(private readonly options: MachineOptions = {}) {}

  /** Starts a process. @param pid that it has if no other has it: numbers are used again */
  start({ host, namespace, hidesProc = false }: Seat, pid = 1): SimulatedProcess {
    const boot = this.#boots.get(host) ?? 1;
    const next = (this.#starts.get(`${host} ${namespace}`) ?? 0) + 1;
    this.#starts.set(`${host} ${namespace}`, next);
    const identity: ProcessIdentity = {
      host,
      pid: this.#freePid(host, namespace, pid),
      ...(!hidesProc && { boot: `${host}-${boot}`, namespace: `${boot} ${namespace}`, started: String(next) }),
      ...(this.options.isShared === true && { machine: `id of ${host}` }),
    };
    const process: SimulatedProcess = {
      identity,
      namespace,
      isAlive: true,
      world: this.#worldOf(identity, () => process),
    };
    this.#processes.push(process);
    return process;
  }

  /** All its processes die at once. */
  restart(host: string): void {
    this.#boots.set(host, (this.#boots.get(host) ?? 1) + 1);
    for (const process of this.#processes) if (process.identity.host === host) process.isAlive = false;
  }

  #freePid(host: string, namespace: string, from: number): number {
    const taken = this.#processes
      .filter((one) => one.isAlive && one.identity.host === host && one.namespace === namespace)
      .map(({ identity }) => identity.pid);
    let pid = from;
    while (taken.includes(pid)) pid += 1;
    return pid;
  }

  #worldOf(self: ProcessIdentity, me: () => SimulatedProcess): LockWorld {
    const { files, options } = this;
    /** A dead process does nothing more: its next step never comes. */
    const step = async (): Promise<void> => {
      await options.step?.();
      if (!me().isAlive) await new Promise(() => undefined);
    };
    const newInode = (): string => String(++this.#inodes);
    const table = (pid: number): { started: string | undefined } | undefined => {
      const found = this.#processes.find(
        ({ identity, isAlive }) =>
          isAlive && identity.host === self.host && identity.namespace === self.namespace && identity.pid === pid,
      );
      return found && { started: found.identity.started };
    };
    return {
      held: new Set(),
      now: () => 0,
      every: () => () => undefined,
      randomName: () => String(++this.#names).padStart(8, '0'),
      processes: processesSeenBy(self, table),
      kernel: {
        isRefusalCertain: true,
        listen: async (folder, name) => {
          await step();
          if (options.knowsSockets === false) return undefined;
          const inode = newInode();
          const path = `${folder}/${name}`;
          files.set(path, { inode, text: '', isSocket: true, listener: me() });
          return {
            inode,
            isThere: () => files.get(path)?.inode === inode,
            close: async () => {
              await step();
              if (files.get(path)?.inode === inode) files.delete(path);
            },
          };
        },
        isListening: async (folder, { name, inode }) => {
          await step();
          const found = files.get(`${folder}/${name}`);
          if (found?.inode !== inode) return 'unclear';
          const { listener } = found;
          const isHere = listener !== undefined && listener.isAlive && listener.identity.host === self.host;
          return isHere ? 'yes' : 'no';
        },
      },
      files: {
        makeFolder: () => Promise.resolve(),
        list: async (folder) => {
          const names = [...files.keys()].map((path) => path.slice(folder.length + 1));
          await step();
          return names;
        },
        read: async (path) => {
          await step();
          return files.get(path);
        },
        create: async (path, textOf) => {
          await step();
          const inode = newInode();
          files.set(path, { inode, text: textOf(inode), isSocket: false });
        },
        inode: async (path) => {
          await step();
          return files.get(path)?.inode;
        },
        link: async (existing, path) => {
          await step();
          const file = files.get(existing);
          if (file === undefined || files.has(path)) return false;
          files.set(path, file);
          return true;
        },
        rename: async (from, to) => {
          await step();
          const file = files.get(from);
          if (file === undefined) throw new Error(`there is no ${from}`);
          files.delete(from);
          files.set(to, file);
        },
        remove: async (path) => {
          await step();
          files.delete(path);
        },
        removeEmptyFolder: () => step(),
        isLocal: () => Promise.resolve(options.isShared !== true),
        touchedAt: () => Promise.resolve(0),
        hold: (path) => {
          const file = files.get(path);
          return (
            file && {
              inode: file.inode,
              isThere: () => files.get(path)?.inode === file.inode,
              touch: () => undefined,
              close: () => undefined,
            }
          );
        },
      },
    };
  }
}
