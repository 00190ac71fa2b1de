import { systemReason } from '../files/index.js';

/** A source can't be opened or read further. Contains the operating system's reason, and the source's name as given. */
export class SourceError extends Error {
  override readonly name = 'SourceError';

  /**
   * @param source the path as given, or `stdin`
   * @param phase `open`: nothing was read; `read`: the data read before is valid
   */
  constructor(
    readonly source: string,
    readonly phase: 'open' | 'read',
    cause: unknown,
  ) {
    super(`cannot ${phase} ${source}: ${reasonOf(cause)}`, { cause });
  }
}

const GZIP_REASONS: Readonly<Record<string, string>> = {
  Z_DATA_ERROR: 'damaged gzip data',
  Z_BUF_ERROR: 'the gzip data ends too early',
};

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? String(cause.code) : '';
  return systemReason(cause) ?? GZIP_REASONS[code] ?? cause.message;
}

/** The error for a folder, which can be opened but not read, so it is checked first. */
export function itIsADirectory(source: string): SourceError {
  return new SourceError(source, 'open', Object.assign(new Error(), { code: 'EISDIR' }));
}
