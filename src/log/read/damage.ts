/** What is wrong at a place in the log. */
export type DamageKind =
  /** A line whose crc does not match. */
  | 'bad_line'
  /** A line whose crc matches, but that is not a record. */
  | 'not_a_record'
  /** A line longer than any record may be. */
  | 'overlong_line'
  /** Bytes without a newline at the end of a segment that is no longer written to. */
  | 'torn_tail'
  /** A block of a packed segment that can't be unpacked. */
  | 'packed_block'
  /** A frame of an encrypted segment that is lost or can't be decrypted. */
  | 'sealed_frame'
  /** The segment is shorter than when it was finished. */
  | 'truncated'
  /** The log ends before what was acknowledged, by its head. */
  | 'cut_off'
  /** The head of an encrypted log is damaged or missing. */
  | 'head'
  /** The key by which idempotency keys are hashed is damaged or missing. */
  | 'claims_key'
  /** Segments are missing. */
  | 'missing_segments'
  /** The requested position lies behind the segment's end. */
  | 'beyond_end'
  /** A record is older than the one before it. */
  | 'time_steps_back';

/** A place in the log whose records are lost, described in words and numbers. */
export interface Damage {
  readonly kind: DamageKind;
  /** The file, or the folder if whole segments are missing. */
  readonly file: string;
  readonly segment: number;
  /** Bytes from the start of the unpacked segment. */
  readonly offset: number;
  /** Bytes affected; 0 if unknown. */
  readonly bytes: number;
  readonly message: string;
}

/** The segment that contains the damage. */
export interface DamageOrigin {
  readonly file: string;
  readonly segment: number;
}

/** Creates a damage report whose message includes the place. */
export function damageAt(
  kind: DamageKind,
  { file, segment }: DamageOrigin,
  offset: number,
  bytes: number,
  problem: string,
): Damage {
  return { kind, file, segment, offset, bytes, message: `${file}: byte ${offset}: ${problem}` };
}
