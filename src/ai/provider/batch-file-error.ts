/** The file of a batch is missing or incomplete, so the batch can never be sent. */
export class BatchFileError extends Error {
  override readonly name = 'BatchFileError';
}
