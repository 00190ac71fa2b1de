/*
 * A packed segment is a gzip file (RFC 1952) that zcat and zgrep can read. It consists of many members, each about a megabyte
 * of the segment, so that a reader can reach the middle without unpacking the bytes before it. An extra field in each member's
 * header says how long the packed member is and which bytes of the segment it holds:
 *
 *   1f 8b 08 06  00 00 00 00 00 ff      magic, deflate, FEXTRA and FHCRC, no time, unknown system
 *   14 00                               the extra field's length: 20
 *   'C' 'Q' 10 00                       our subfield: 16 bytes
 *   u32 packed bytes, u32 unpacked bytes, u64 offset in the segment
 *   u16 the low half of the header's CRC-32
 *
 * Then follow raw deflate, the CRC-32 of the unpacked bytes and their count. All numbers are little-endian. The last member
 * is empty: a file without it was truncated.
 */
import { crc32 } from 'node:zlib';

/** The contents of a member's header. */
export interface PackedMember {
  /** The member's length in the packed file, including header and trailer. */
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where the member's content starts in the unpacked segment. */
  readonly offset: number;
}

/** The bytes that start every header, used to find the next member behind a damaged one. */
export const MEMBER_SIGNATURE = Buffer.from([
  0x1f, 0x8b, 0x08, 0x06, 0, 0, 0, 0, 0, 0xff, 0x14, 0, 0x43, 0x51, 0x10, 0,
]);

const PACKED_BYTES_AT = MEMBER_SIGNATURE.length;
const BYTES_AT = PACKED_BYTES_AT + 4;
const OFFSET_AT = BYTES_AT + 4;
const HEADER_CRC_AT = OFFSET_AT + 8;

export const MEMBER_HEADER_BYTES = HEADER_CRC_AT + 2;
export const MEMBER_TRAILER_BYTES = 8;

/** Adds a header and a trailer to deflated bytes. */
export function writeMember(deflated: Buffer, unpacked: Buffer, offset: number): Buffer {
  const packedBytes = MEMBER_HEADER_BYTES + deflated.length + MEMBER_TRAILER_BYTES;
  const member = Buffer.alloc(packedBytes);
  MEMBER_SIGNATURE.copy(member);
  member.writeUInt32LE(packedBytes, PACKED_BYTES_AT);
  member.writeUInt32LE(unpacked.length, BYTES_AT);
  member.writeBigUInt64LE(BigInt(offset), OFFSET_AT);
  member.writeUInt16LE(headerCrc(member, 0), HEADER_CRC_AT);
  deflated.copy(member, MEMBER_HEADER_BYTES);
  member.writeUInt32LE(crc32(unpacked), packedBytes - 8);
  member.writeUInt32LE(unpacked.length, packedBytes - 4);
  return member;
}

/** Reads the header at `at`; undefined if it is missing or damaged. */
export function readMemberHeader(buffer: Buffer, at: number): PackedMember | undefined {
  if (buffer.length - at < MEMBER_HEADER_BYTES) return undefined;
  if (buffer.compare(MEMBER_SIGNATURE, 0, MEMBER_SIGNATURE.length, at, at + MEMBER_SIGNATURE.length) !== 0)
    return undefined;
  if (buffer.readUInt16LE(at + HEADER_CRC_AT) !== headerCrc(buffer, at)) return undefined;
  return {
    packedBytes: buffer.readUInt32LE(at + PACKED_BYTES_AT),
    bytes: buffer.readUInt32LE(at + BYTES_AT),
    offset: Number(buffer.readBigUInt64LE(at + OFFSET_AT)),
  };
}

/** The CRC-32 of the unpacked bytes, from a whole member's trailer. */
export function memberCrc(member: Buffer): number {
  return member.readUInt32LE(member.length - 8);
}

function headerCrc(buffer: Buffer, at: number): number {
  return crc32(buffer.subarray(at, at + HEADER_CRC_AT)) & 0xffff;
}
