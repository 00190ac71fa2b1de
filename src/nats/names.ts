/**
 * Encodes a text for use in subjects and keys, where NATS gives some characters a meaning. Anything but a letter, a digit or `-`
 * becomes `=` and two hexadecimal digits per byte. Different texts stay different. An empty text has no name.
 */
export function tokenOf(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `=${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

/** Does the same as {@link tokenOf} for consumer names, which may not contain `=`. Different texts may become the same. */
export function consumerTokenOf(text: string): string {
  return tokenOf(text).replaceAll('=', '_');
}

/** Reverses {@link tokenOf}. */
export function textOfToken(token: string): string {
  const bytes = token.replaceAll(/=([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
