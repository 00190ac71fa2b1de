/** From an eighth of a block to a whole one. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/** A bar as long as the amount's share of the most; what is not zero shows. */
export function bar(amount: bigint, most: bigint, width: number): string {
  if (most === 0n || amount === 0n) return '';
  const eighths = Math.max(1, Number((amount * BigInt(width * 8)) / most));
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}
