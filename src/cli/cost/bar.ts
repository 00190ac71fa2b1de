/** From one eighth of a block to a whole one. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/** Draws an amount as a bar, in proportion to the largest amount. Any amount above zero is visible. */
export function bar(amount: bigint, most: bigint, width: number): string {
  if (most === 0n || amount === 0n) return '';
  const eighths = Math.max(1, Number((amount * BigInt(width * 8)) / most));
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}
