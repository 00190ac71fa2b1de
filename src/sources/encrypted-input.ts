import { HEADER_MAGIC } from '../crypt/index.js';

/** An input is encrypted, where nothing decrypts it: its bytes must not be taken for lines. */
export class EncryptedInputError extends Error {
  override readonly name = 'EncryptedInputError';

  constructor() {
    super('it is encrypted, and not decrypted here: colloquium log cat FILE prints its lines');
  }
}

/** @param start the first bytes of an input, 8 or more @throws EncryptedInputError if they are those of an encrypted file */
export function refuseEncrypted(start: Uint8Array): void {
  if (HEADER_MAGIC.equals(start.subarray(0, HEADER_MAGIC.length))) throw new EncryptedInputError();
}

/**
 * Yields the chunks of an input, joined at its start until it is known that it is not encrypted.
 *
 * @throws EncryptedInputError
 */
export async function* notEncrypted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (start === undefined) {
      yield chunk;
      continue;
    }
    start = Buffer.concat([start, chunk]);
    refuseEncrypted(start);
    if (start.equals(HEADER_MAGIC.subarray(0, start.length))) continue;
    yield start;
    start = undefined;
  }
  if (start !== undefined && start.length > 0) yield start;
}
