const NEWLINE = 0x0a;

/** Returns whole lines, for an input whose last line may lack its newline. */
export function withNewline(bytes: Buffer): Buffer {
  return bytes.at(-1) === NEWLINE || bytes.length === 0 ? bytes : Buffer.concat([bytes, Buffer.from([NEWLINE])]);
}
