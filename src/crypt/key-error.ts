/** A key is missing, or can't be a key. The message names the key's id and the way out, never the key. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}
