import { FileSealer, type SealedFileName } from '../../crypt/index.js';
import type { Disk, DiskFile } from '../disk/disk.js';
import { writeWhole } from '../disk/whole.js';

/** Writes a file piece by piece, encrypted or not. Each call returns how many bytes it added to the file. */
export interface ContentWriter {
  /** An encrypted piece is a frame of its own, unless it is long: then it is cut at the ends of lines. */
  add(piece: Buffer): Promise<number>;
  /** Adds what marks the end. */
  end(): Promise<number>;
}

export function plainWriter(file: DiskFile): ContentWriter {
  let bytes = 0;
  return {
    async add(piece) {
      await writeWhole(file, piece, bytes);
      bytes += piece.length;
      return piece.length;
    },
    end: () => Promise.resolve(0),
  };
}

/** @throws Error if there are no keys */
export function sealedWriter({ keys }: Pick<Disk, 'keys'>, file: DiskFile, name: SealedFileName): ContentWriter {
  if (keys === undefined) throw new Error('there is no key to encrypt with');
  const sealer = new FileSealer(keys, name);
  let bytes = 0;
  let next = { counter: 0, offset: 0 };
  const write = async (piece: Buffer): Promise<number> => {
    const whole = bytes === 0 ? Buffer.concat([sealer.header, piece]) : piece;
    await writeWhole(file, whole, bytes);
    bytes += whole.length;
    return whole.length;
  };
  return {
    async add(piece) {
      const sealed = sealer.seal(piece, next);
      const added = await write(sealed.bytes);
      next = sealed.next;
      return added;
    },
    end: () => write(sealer.end(next)),
  };
}
