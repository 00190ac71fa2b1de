import type { Lock } from '../world/lock/index.js';
import type { SegmentName } from './format/segment-name.js';
import type { LogError } from './log-error.js';
import type { SyncReport } from './write/segment-writer.js';

/** How a log is kept. Sizes in bytes, times in milliseconds. */
export interface LogOptions {
  readonly folder: string;
  /** `fsync`: what is acknowledged survives a power cut; `os`: it survives the process. */
  readonly durability: 'fsync' | 'os';
  readonly segmentBytesMax: number;
  /** A segment is finished when its first record is this old; default: a day. */
  readonly segmentAgeMaxMs?: number;
  /** Finished segments become gzip files. */
  readonly pack: boolean;
  /** Entries may carry idempotency keys; default: no. */
  readonly keys?: boolean;
  /** Newest records kept in memory. */
  readonly memoryRecordsMax: number;
  /** Bytes that these may take. */
  readonly memoryBytesMax?: number;
  /** Records that may wait for the disk before an append is turned away. */
  readonly queueRecordsMax?: number;
  readonly queueBytesMax?: number;
  /** Bytes of one event's data. */
  readonly dataBytesMax?: number;
  /** What this process runs, for whoever is refused the log. */
  readonly command?: string;
  /** The folder's lock, where it was taken before. It is given back when the log is closed, or cannot be opened. */
  readonly lock?: Lock;
  readonly hooks?: LogHooks;
}

/** What a log tells while it works, for metrics and logs. None may throw. */
export interface LogHooks {
  readonly onSync?: (sync: SyncReport) => void;
  /** Records were refused because the disk failed. */
  readonly onWriteError?: (error: LogError, records: number) => void;
  readonly onSegmentFinished?: (segment: SegmentName) => void;
  readonly onPacked?: (segment: SegmentName, sizes: { readonly bytes: number; readonly packedBytes: number }) => void;
  /** A segment stays unpacked. */
  readonly onPackFailed?: (segment: SegmentName, error: unknown) => void;
}

/** Every option with its value. */
export type ResolvedLogOptions = Required<Omit<LogOptions, 'command' | 'lock'>> & Pick<LogOptions, 'command' | 'lock'>;

const DAY_MS = 86_400_000;

export function resolveLogOptions(options: LogOptions): ResolvedLogOptions {
  return {
    segmentAgeMaxMs: DAY_MS,
    keys: false,
    memoryBytesMax: 64 << 20,
    queueRecordsMax: 100_000,
    queueBytesMax: 64 << 20,
    dataBytesMax: 32 << 20,
    hooks: {},
    ...options,
  };
}
