import type { KeyRing } from '../../crypt/index.js';
import type { BatchHttp } from './batch-http.js';

/** The state of a batch at the provider. Counts are of requests; they may be 0 until the batch has ended. */
export interface RemoteBatch {
  /**
   * `failed`: rejected as a whole, and nothing was billed. `full`: the same, until other batches have ended. `lost`: it has ended,
   * there are no results, and what was answered may be billed.
   */
  readonly kind: 'running' | 'ended' | 'failed' | 'full' | 'lost';
  readonly done: number;
  /** Once it has ended: of how many requests there must be a result. Default: {@link done}. */
  readonly resultsMin?: number;
  /** The provider's message if it failed; why it is lost. */
  readonly message?: string;
  /** Paths of the files that hold its results. */
  readonly results: readonly string[];
}

/** The outcome of one request of a batch. Only an answer is billed. */
export type BatchResult =
  | {
      readonly kind: 'answered';
      readonly body: unknown;
      readonly requestId?: string | undefined;
    }
  /** `lasting`: another batch would have the same outcome. */
  | {
      readonly kind: 'errored';
      readonly message: string;
      readonly lasting: boolean;
      readonly status?: number | undefined;
    }
  | { readonly kind: 'expired' | 'cancelled' };

/** `unsure`: a batch of that time can't yet be distinguished from ours. */
export type Finding = { readonly kind: 'found'; readonly id: string } | { readonly kind: 'absent' | 'unsure' };

/** A batch that is looked for. */
export interface Sought {
  readonly tag: string;
  /** It was not sent before this time, milliseconds since the epoch. */
  readonly since: number;
  /** The provider's id for its file, if it was uploaded. */
  readonly uploaded?: string | undefined;
  /** Ids of our other batches. */
  readonly known: ReadonlySet<string>;
}

/** A file of requests, one per line, and their destination. */
export interface BatchFile {
  readonly path: string;
  /** Of its content. */
  readonly bytes: number;
  /** With which it is encrypted, if it is. */
  readonly keys?: KeyRing | undefined;
  /** Unique; the prefix of each custom id in the file. */
  readonly tag: string;
  /** Where a live request would go, such as `/chat/completions`. */
  readonly endpoint: string;
  /** Headers that its requests need. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The batch API of one kind of provider. Every function may throw BatchHttpError. */
export interface BatchWire {
  readonly rowsMax: number;
  readonly bytesMax: number;
  /** How long results are kept after the end, in milliseconds. */
  readonly keptMs: number;
  /** The texts whose vectors a request may ask for. Absent: none. */
  readonly vectors?: 'one' | 'many';
  /** Headers that carry the key. */
  authorize(apiKey: string): Readonly<Record<string, string>>;
  /** The status that an answer without success has elsewhere, such as 401 for a key that is refused. Absent: its own. */
  readonly statusOf?: (status: number, body: unknown) => number;
  /** Returns a request as a line of the file, without a line break. @param body JSON text */
  line(customId: string, endpoint: string, body: string): string;
  /** Uploads the file in advance. Absent: the file is part of the submission. @returns the provider's id for it */
  upload?(http: BatchHttp, file: BatchFile): Promise<string>;
  /** @returns the provider's id for the batch */
  submit(http: BatchHttp, file: BatchFile, uploaded: string | undefined): Promise<string>;
  poll(http: BatchHttp, id: string): Promise<RemoteBatch>;
  cancel(http: BatchHttp, id: string): Promise<void>;
  /** Finds a batch that the provider may or may not have accepted. */
  find(http: BatchHttp, sought: Sought): Promise<Finding>;
  /** Reads a line of the results; undefined if it is not a result. */
  read(line: unknown): { readonly customId: string; readonly result: BatchResult } | undefined;
}
