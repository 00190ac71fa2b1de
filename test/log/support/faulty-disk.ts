import { basename } from 'node:path';
import { nodeWorld, type Disk, type DiskFile, type LogWorld } from '../../../src/log/index.js';

/** A call on the disk, as a fault is asked about it. */
export interface DiskCall {
  readonly op: 'open' | 'write' | 'datasync' | 'truncate' | 'read' | 'syncFolder' | 'rename' | 'link' | 'remove';
  /** The file's name without folder. */
  readonly file: string;
  readonly bytes: number;
  /** A write that makes the file longer. */
  readonly grows: boolean;
}

/**
 * What happens instead of a call: an error with a code, a write that takes only some bytes, or one that takes some and then
 * fails. Undefined: the call goes through.
 */
export type Fault = { readonly code: string; readonly after?: number } | { readonly short: number } | undefined;

/** The real disk with faults. `faultOf` is asked before each call. */
export function faultyWorld(faultOf: (call: DiskCall) => Fault): LogWorld {
  const world = nodeWorld();
  return { ...world, disk: faultyDisk(world.disk, faultOf) };
}

function faultyDisk(disk: Disk, faultOf: (call: DiskCall) => Fault): Disk {
  const failIfFaulty = (op: DiskCall['op'], path: string): void => {
    const fault = faultOf({ op, file: basename(path), bytes: 0, grows: false });
    if (fault !== undefined && 'code' in fault) throw systemError(fault.code);
  };
  return {
    ...disk,
    async open(path, mode) {
      failIfFaulty('open', path);
      return faultyFile(await disk.open(path, mode), basename(path), faultOf);
    },
    async rename(from, to) {
      failIfFaulty('rename', to);
      await disk.rename(from, to);
    },
    async link(existing, path) {
      failIfFaulty('link', path);
      await disk.link(existing, path);
    },
    async remove(path) {
      failIfFaulty('remove', path);
      await disk.remove(path);
    },
    async syncFolder(path) {
      failIfFaulty('syncFolder', path);
      await disk.syncFolder(path);
    },
  };
}

function faultyFile(inner: DiskFile, file: string, faultOf: (call: DiskCall) => Fault): DiskFile {
  const failIfFaulty = (op: DiskCall['op']): void => {
    const fault = faultOf({ op, file, bytes: 0, grows: false });
    if (fault !== undefined && 'code' in fault) throw systemError(fault.code);
  };
  return {
    async read(into, start, end, position) {
      failIfFaulty('read');
      return inner.read(into, start, end, position);
    },
    async write(bytes, position) {
      const grows = position + bytes.length > (await inner.size());
      const fault = faultOf({ op: 'write', file, bytes: bytes.length, grows });
      if (fault === undefined) return inner.write(bytes, position);
      if ('short' in fault) return inner.write(bytes.subarray(0, fault.short), position);
      if (fault.after !== undefined) await inner.write(bytes.subarray(0, fault.after), position);
      throw systemError(fault.code);
    },
    async datasync() {
      failIfFaulty('datasync');
      await inner.datasync();
    },
    async truncate(bytes) {
      failIfFaulty('truncate');
      await inner.truncate(bytes);
    },
    size: () => inner.size(),
    close: () => inner.close(),
  };
}

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made up by the test`), { code });
}
