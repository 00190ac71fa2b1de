import { FrameMap, SealedReader, UnreadableRange, type KeyRing, type SealedFileName } from '../../crypt/index.js';
import type { Disk, DiskFile } from '../disk/disk.js';
import { packedSegment } from './packed-segment.js';
import { DamagedRange, type SegmentSource } from './segment-source.js';

/** How many files' maps are kept. */
const MAPS_MAX = 64;

/** The maps of files that were read, by salt: a following reader opens a growing file again and again. */
const mapsOf = new WeakMap<KeyRing, Map<string, FrameMap>>();

const PACKED = 'packed segment';

/** How an encrypted segment is named in its frames. @param log the id of its log, if that is known */
export function sealedName(number: number, packed: boolean, log: string | undefined): SealedFileName {
  return { kind: packed ? PACKED : 'segment', number, log };
}

/**
 * An encrypted segment. Each frame is whole lines, or, of a packed one, a member.
 *
 * @param fresh whether nothing that is known of the file counts
 */
export async function sealedSegment(
  { keys }: Pick<Disk, 'keys'>,
  path: string,
  file: DiskFile,
  name: SealedFileName,
  fresh: boolean,
): Promise<SegmentSource> {
  const packed = name.kind === PACKED;
  const mapFor = fresh || keys === undefined ? undefined : (salt: string) => keptMap(keys, salt);
  const source = await openSealedNamed({ keys }, path, file, name, mapFor);
  const { sealed } = source;
  if (!packed || !sealed.hasKey) return { ...source, packed };
  const content: DiskFile = { ...readOnly(file), read: source.read.bind(source), size: () => sealed.size() };
  const unpacked = await packedSegment(path, content);
  return { ...unpacked, isTruncated: unpacked.isTruncated || source.isTruncated, sealed };
}

/** An encrypted file of lines. */
export async function openSealedNamed(
  { keys }: Pick<Disk, 'keys'>,
  path: string,
  file: DiskFile,
  name: SealedFileName,
  mapFor?: (salt: string) => FrameMap,
): Promise<SegmentSource & { readonly sealed: SealedReader }> {
  const sealed = await SealedReader.open(file, keys, name, path, mapFor);
  const read = async (into: Buffer, start: number, end: number, offset: number): Promise<number> => {
    try {
      return await sealed.read(into, start, end, offset);
    } catch (error) {
      if (!(error instanceof UnreadableRange)) throw error;
      throw new DamagedRange(error.message, error.nextOffset, 'sealed_frame');
    }
  };
  // A crash may leave an empty file, and of a file of another log nothing is read at all.
  const isTruncated = (await file.size()) > 0 && sealed.strange === undefined && !(await sealed.isEnded());
  return { path, packed: false, sealed, isTruncated, size: () => sealed.size(), read, close: () => file.close() };
}

function readOnly(file: DiskFile): DiskFile {
  const refuse = (): Promise<never> => Promise.reject(new Error('an encrypted file is written by its sealer only'));
  return { read: refuse, write: refuse, size: refuse, truncate: refuse, datasync: refuse, close: () => file.close() };
}

function keptMap(keys: KeyRing, salt: string): FrameMap {
  const maps = mapsOf.get(keys) ?? new Map<string, FrameMap>();
  mapsOf.set(keys, maps);
  const map = maps.get(salt) ?? new FrameMap();
  // The one that was used last comes last.
  maps.delete(salt);
  maps.set(salt, map);
  const [oldest] = maps.keys();
  if (maps.size > MAPS_MAX && oldest !== undefined) maps.delete(oldest);
  return map;
}
