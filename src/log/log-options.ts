import type { Lock } from '../world/lock/index.js';
import type { SegmentName } from './format/segment-name.js';
import type { LogError } from './log-error.js';
import type { SyncReport } from './write/segment-writer.js';

/** Options of a log. Sizes in bytes, times in milliseconds. */
export interface LogOptions {
  readonly folder: string;
  /** `fsync`: acknowledged records survive a power failure; `os`: they survive the process. */
  readonly durability: 'fsync' | 'os';
  readonly segmentBytesMax: number;
  /** A segment is finished when its first record reaches this age; default: a day. */
  readonly segmentAgeMaxMs?: number;
  /** Finished segments become gzip files. */
  readonly pack: boolean;
  /** Entries may carry idempotency keys; default: no. */
  readonly keys?: boolean;
  /** Newest records kept in memory. */
  readonly memoryRecordsMax: number;
  /** The most bytes that these may take. */
  readonly memoryBytesMax?: number;
  /** Records that may wait for the disk before an append is rejected. */
  readonly queueRecordsMax?: number;
  readonly queueBytesMax?: number;
  /** Bytes of one event's data. */
  readonly dataBytesMax?: number;
  /** What this process runs, for those who are refused the log. */
  readonly command?: string;
  /** The folder's lock, if it is held already. It is released when the log is closed or can't be opened. */
  readonly lock?: Lock;
  readonly hooks?: LogHooks;
}

/** Callbacks of a working log, for metrics and logs. None may throw. */
export interface LogHooks {
  readonly onSync?: (sync: SyncReport) => void;
  /** Records were not stored because the disk failed. */
  readonly onWriteError?: (error: LogError, records: number) => void;
  readonly onSegmentFinished?: (segment: SegmentName) => void;
  readonly onPacked?: (segment: SegmentName, sizes: { readonly bytes: number; readonly packedBytes: number }) => void;
  /** A segment stays unpacked. */
  readonly onPackFailed?: (segment: SegmentName, error: unknown) => void;
}

/** All options with their values. */
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
