import { visible } from '../../config/diagnostic/index.js';

/** A column of a table for people. */
export interface Column {
  readonly title: string;
  /** Numbers are right-aligned. */
  readonly align: 'left' | 'right';
}

const GAP = '  ';

/** Lays out rows of text, made visible, under their titles: one line per row, ending in a newline, without trailing blanks. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map((row) => row.map((cell) => visible(cell).replaceAll(/[\n\t]/g, ' '))),
  ];
  const widths = columns.map((_, i) => lines.reduce((widest, line) => Math.max(widest, line[i]?.length ?? 0), 0));
  return lines
    .map((line) => {
      const cells = columns.map(({ align }, i) => {
        const text = line[i] ?? '';
        const width = widths[i] ?? 0;
        return align === 'right' ? text.padStart(width) : text.padEnd(width);
      });
      return `${cells.join(GAP).trimEnd()}\n`;
    })
    .join('');
}
