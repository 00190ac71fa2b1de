/**
 * The tokens of o200k in the order of their ranks, each behind its length in one byte. The build keeps them as a file
 * (`.config/tokens.js`): as the package has them, they are seven megabytes of tables.
 */
export async function readTokens(): Promise<Uint8Array> {
  const { default: ranks } = await import('gpt-tokenizer/bpeRanks/o200k_base');
  return Buffer.concat(
    Array.from(ranks, (token) => {
      const bytes = Buffer.from(token as string);
      return Buffer.concat([Buffer.of(bytes.length), bytes]);
    }),
  );
}
