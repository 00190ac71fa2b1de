import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import type { DiskFile } from '../disk/disk.js';
import { readWhole } from '../disk/whole.js';
import {
  MEMBER_HEADER_BYTES,
  MEMBER_SIGNATURE,
  MEMBER_TRAILER_BYTES,
  memberCrc,
  readMemberHeader,
  type PackedMember,
} from './member.js';
import { DamagedRange, type SegmentSource } from './segment-source.js';

/** Bytes searched at a time for the next member behind a damaged one. */
const SEARCH_BYTES = 1 << 20;

interface PlacedMember extends PackedMember {
  /** Where the member starts in the packed file. */
  readonly at: number;
}

/** A segment packed by `packSegment`. Keeps the last unpacked member, because readers move forward in small steps. */
export async function packedSegment(path: string, file: DiskFile): Promise<SegmentSource> {
  const { members, whole, losses } = await listMembers(file);
  const size = endOf(members);
  let unpacked: { readonly member: PlacedMember; readonly bytes: Buffer } | undefined;

  const unpack = async (member: PlacedMember): Promise<Buffer> => {
    if (unpacked?.member !== member) {
      const bytes = await unpackMember(file, member);
      if (bytes === undefined) {
        throw new DamagedRange(
          `a packed block of ${member.bytes} bytes can't be unpacked`,
          nextOffset(member.offset + member.bytes),
        );
      }
      unpacked = { member, bytes };
    }
    return unpacked.bytes;
  };

  const nextOffset = (from: number): number | undefined => members.find((member) => member.offset >= from)?.offset;

  return {
    path,
    packed: true,
    isTruncated: !whole,
    endLoss: losses.get(size),
    size: () => Promise.resolve(size),
    async read(into, start, end, offset) {
      const member = members.findLast((candidate) => candidate.offset <= offset);
      if (member === undefined || offset >= member.offset + member.bytes) {
        if (offset >= size) return 0;
        throw new DamagedRange(losses.get(offset) ?? 'a packed block is lost', nextOffset(offset));
      }
      const bytes = await unpack(member);
      return bytes.copy(into, start, offset - member.offset, offset - member.offset + (end - start));
    },
    close: () => file.close(),
  };
}

interface MemberList {
  readonly members: readonly PlacedMember[];
  readonly whole: boolean;
  /** Why what begins at an offset of the unpacked segment can't be decrypted. */
  readonly losses: ReadonlyMap<number, string>;
}

/** Goes from header to header, and past a damaged one to the next that is intact. */
async function listMembers(file: DiskFile): Promise<MemberList> {
  const members: PlacedMember[] = [];
  const losses = new Map<number, string>();
  const end = await file.size();
  const header = Buffer.alloc(MEMBER_HEADER_BYTES);
  let whole = false;
  for (let at = 0; at < end;) {
    const count = await readUnlessDamaged(file, header, at);
    if (typeof count !== 'number') {
      if (!losses.has(endOf(members))) losses.set(endOf(members), count.reason);
      at = Math.max(at + 1, count.next ?? end);
      continue;
    }
    const member = readMemberHeader(header.subarray(0, count), 0);
    if (member !== undefined && member.offset >= endOf(members) && at + member.packedBytes <= end) {
      at += member.packedBytes;
      if (member.bytes > 0) members.push({ ...member, at: at - member.packedBytes });
      else whole = at === end && member.offset === endOf(members);
    } else {
      at = await findSignature(file, at + 1, end);
    }
  }
  return { members, whole, losses };
}

function endOf(members: readonly PackedMember[]): number {
  const last = members.at(-1);
  return last === undefined ? 0 : last.offset + last.bytes;
}

async function findSignature(file: DiskFile, from: number, end: number): Promise<number> {
  const window = Buffer.alloc(SEARCH_BYTES);
  for (let at = from; at < end; at += SEARCH_BYTES - MEMBER_SIGNATURE.length) {
    const count = await readUnlessDamaged(file, window, at);
    if (typeof count !== 'number') return count.next ?? end;
    const found = window.subarray(0, count).indexOf(MEMBER_SIGNATURE);
    if (found !== -1) return at + found;
  }
  return end;
}

/** Fills a buffer, as far as the file goes; or says where an encrypted file can be read again. */
async function readUnlessDamaged(
  file: DiskFile,
  into: Buffer,
  at: number,
): Promise<number | { readonly next: number | undefined; readonly reason: string }> {
  try {
    return await readWhole(file, into, 0, into.length, at);
  } catch (error) {
    if (error instanceof DamagedRange) return { next: error.nextOffset, reason: error.message };
    throw error;
  }
}

/** Unpacks a member's content; undefined if it is damaged. */
async function unpackMember(file: DiskFile, { at, packedBytes, bytes }: PlacedMember): Promise<Buffer | undefined> {
  const member = Buffer.allocUnsafe(packedBytes);
  const count = await readUnlessDamaged(file, member, at);
  if (typeof count !== 'number' || count < packedBytes) return undefined;
  const deflated = member.subarray(MEMBER_HEADER_BYTES, packedBytes - MEMBER_TRAILER_BYTES);
  try {
    // Not promisified at module level, because that would load zlib.
    const unpacked = await promisify(inflateRaw)(deflated, { maxOutputLength: Math.max(1, bytes) });
    return unpacked.length === bytes && crc32(unpacked) === memberCrc(member) ? unpacked : undefined;
  } catch {
    return undefined;
  }
}
