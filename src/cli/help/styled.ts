import type { Palette } from '../../config/diagnostic/index.js';

/** Wider text is hard to read. */
const COLUMNS_MAX = 100;

/**
 * Lays out a guide for a terminal: paragraphs are wrapped, tables that are too wide become lists, headings stand out, and links name
 * the guide that they lead to.
 *
 * @param text Markdown, as the guides use it
 * @param width of the terminal, in columns
 */
export function styled(text: string, width: number, palette: Palette): string {
  const columns = Math.min(width, COLUMNS_MAX);
  // Fences cut the text into prose and code, in turn.
  const parts = text.split(/^```\w*\n([^]*?)^```$/m);
  return parts
    .map((part, i) => (i % 2 === 1 ? code(part) : prose(part, columns, palette)))
    .join('')
    .replace(/\n{3,}/g, '\n\n');
}

function code(text: string): string {
  return text.replace(/^(?=.)/gm, '    ').replace(/\n$/, '');
}

function prose(text: string, columns: number, palette: Palette): string {
  const readable = text
    .replace(/^<.*>$/gm, '')
    .replace(/\[([^\]]*)\]\(\.\/([\w-]+)\.md[^)]*\)/g, '$1 (colloquium help $2)')
    .replace(/\[([^\]]*)\]\((?:#|\.\.)[^)]*\)/g, '$1');
  return readable
    .split('\n\n')
    .map((block) => {
      if (block.trimStart().startsWith('|')) return table(block.trim().split('\n'), columns, palette);
      return block
        .split('\n')
        .map((line) => {
          const [, heading] = /^#+ (.*)/.exec(line) ?? [];
          return heading === undefined ? inline(wrap(line, columns), palette) : palette.place(heading);
        })
        .join('\n');
    })
    .join('\n\n');
}

/** The rows as they are, without their frame, or, if they are too wide, each as its first cell with the others below. */
function table(lines: readonly string[], columns: number, palette: Palette): string {
  const [head = [], ...rows] = lines.filter((_, i) => i !== 1).map(cellsOf);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  const total = widths.reduce((sum, one) => sum + one + 2, 0);
  if (total <= columns) {
    const lay = (row: readonly string[]): string =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd();
    return [palette.faint(lay(head)), ...rows.map((row) => inline(lay(row), palette))].join('\n');
  }
  const list = rows.map(([first = '', ...rest]) => {
    const below = rest.flatMap((cell, i) => {
      // With one other column, what it is stands above the list.
      const title = rest.length > 1 && head[i + 1] !== '' ? `${head[i + 1] ?? ''}: ` : '';
      return cell === '' ? [] : [inline(wrap(`    ${title}${cell}`, columns), palette)];
    });
    return [palette.place(first.replaceAll('`', '')), ...below].join('\n');
  });
  return [palette.faint(head.length > 2 ? (head[0] ?? '') : head.join(': ')), ...list].join('\n');
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\| *| *\|$/g, '')
    .split(/ *(?<!\\)\| */)
    .map((cell) => cell.replaceAll('\\|', '|'));
}

/** Wraps a line at blanks. What follows is indented like its start, and behind the dash of a list. */
function wrap(line: string, columns: number): string {
  const indent = ' '.repeat(/^ *(?:- )?/.exec(line)?.[0].length ?? 0);
  const lines: string[] = [];
  let current = line.slice(0, indent.length);
  let isEmpty = true;
  for (const word of line.slice(indent.length).split(' ')) {
    if (!isEmpty && current.length + 1 + word.length > columns) {
      lines.push(current);
      current = indent;
      isEmpty = true;
    }
    current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, current].join('\n');
}

/** Shows `code` and **strong** text in colour; the signs around code stay, so that it can be told from words without colour. */
function inline(text: string, palette: Palette): string {
  return text
    .replace(/\*\*([^*]+)\*\*/g, (_, strong: string) => palette.place(strong))
    .replace(/`[^`]+`/g, (quoted) => palette.hint(quoted));
}
