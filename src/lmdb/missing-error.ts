/** The native code of LMDB's package, one package for each system, is not installed or can't be loaded. Nothing was read or written. */
export class LmdbMissingError extends Error {
  override readonly name = 'LmdbMissingError';
  /** What to do, as an instruction. */
  readonly advice: string;

  /** @param cause what the package said when it was loaded: it names the system */
  constructor(cause: unknown) {
    const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    super(`cannot keep state here: LMDB, which stores it, can't be loaded: ${reason.trim()}`, { cause });
    const name = `@lmdb/lmdb-${process.platform}-${process.arch}`;
    this.advice = `install colloquium again with npm's optional packages, which bring ${name} where it exists: npm install --include=optional`;
  }
}
