/**
 * The tokens of o200k in the order of their ranks: how many there are in four bytes, the length of each in one, and then all of
 * them; apart, the two compress better. The build keeps this as a file (`.config/tokens.js`): as the package has them, they are
 * seven megabytes of tables.
 */
export async function readTokens(): Promise<Buffer> {
  const { default: ranks } = await import('gpt-tokenizer/bpeRanks/o200k_base');
  const tokens = Array.from(ranks, (token) => Buffer.from(token as string));
  const count = Buffer.alloc(4);
  count.writeUInt32LE(tokens.length);
  return Buffer.concat([count, Buffer.from(tokens.map(({ length }) => length)), ...tokens]);
}
