/** Why a text is not a JSON Pointer. */
export class PointerSyntaxError extends Error {}

/**
 * Splits a JSON Pointer (RFC 6901) into its reference tokens; `""` has none. A `~` that begins no escape is literal, as in the
 * reference engine.
 *
 * @throws PointerSyntaxError if the pointer is neither empty nor starts with `/`
 */
export function parsePointer(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new PointerSyntaxError(`${JSON.stringify(pointer)} does not start with "/"`);
  return pointer.slice(1).split('/').map(unescape);
}

/** Returns the JSON Pointer with these reference tokens. */
export function formatPointer(segments: readonly (string | number)[]): string {
  return segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function unescape(token: string): string {
  // `~1` first, because `~01` stands for the text `~1`.
  return token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token;
}
