const NEWLINE = 0x0a;

/** Whole lines, where the last of an input may lack its newline. */
export function withNewline(bytes: Buffer): Buffer {
  return bytes.at(-1) === NEWLINE || bytes.length === 0 ? bytes : Buffer.concat([bytes, Buffer.from([NEWLINE])]);
}
