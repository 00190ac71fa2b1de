/** Plain text for a manual page. */
export function roffText(text: string): string {
  return text.replaceAll('\\', '\\e').replace(/^[.']/gm, '\\&$&');
}

/** Text to be typed as it is: a hyphen in it is no mark for hyphenation. */
export function roffCode(text: string): string {
  return roffText(text).replaceAll('-', '\\-');
}

export function roffBold(text: string): string {
  return `\\fB${roffCode(text)}\\fR`;
}

/** An argument of a macro. */
export function roffQuoted(text: string): string {
  return `"${roffText(text).replaceAll('"', '\\(dq')}"`;
}

/** A paragraph with a term before it. */
export function roffTerm(term: string, lines: readonly string[]): string {
  return `.TP\n${term}\n${lines.join('\n.br\n')}`;
}

/** Lines as they are. */
export function roffBlock(text: string): string {
  return `.PP\n.RS 4\n.nf\n${roffCode(text.replace(/^\n+|\n+$/g, ''))}\n.fi\n.RE`;
}

/**
 * Turns a guide into the source of a manual page.
 *
 * @param text Markdown, as the guides use it
 * @param title of its section, in place of its own
 */
export function roffGuide(text: string, title: string): string {
  // Fences cut the text into prose and code, in turn.
  const parts = text.replace(/^# .*\n/, '').split(/^```\w*\n([^]*?)^```$/m);
  const body = parts.map((part, i) => (i % 2 === 1 ? roffBlock(part) : prose(part)));
  return [`.SH ${roffQuoted(title)}`, ...body].filter((one) => one !== '').join('\n');
}

function prose(text: string): string {
  return text
    .replace(/^<.*>$/gm, '')
    .split(/\n{2,}/)
    .map((block) => block.replace(/^\n+|\s+$/g, ''))
    .filter((block) => block !== '')
    .map((block) => (block.startsWith('|') ? table(block.split('\n')) : block.split('\n').map(line).join('\n')))
    .join('\n');
}

function line(text: string): string {
  const [, hashes, heading = ''] = /^(#+) (.*)/.exec(text) ?? [];
  if (hashes !== undefined)
    return hashes.length === 2 ? `.SS ${roffQuoted(plain(heading))}` : `.PP\n${roffBold(plain(heading))}`;
  const [, indent, item = ''] = /^( *)- (.*)/.exec(text) ?? [];
  if (indent === undefined) return `.PP\n${inline(text)}`;
  const bullet = `.IP \\(bu 2\n${inline(item)}`;
  return indent === '' ? bullet : `.RS 2\n${bullet}\n.RE`;
}

/** Each row as its first cell with the others below. */
function table(lines: readonly string[]): string {
  const [head = [], ...rows] = lines.filter((_, i) => i !== 1).map(cellsOf);
  return rows
    .map(([first = '', ...rest]) => {
      const cells = rest.flatMap((cell, i) => {
        // With one other column, what it is needs no title.
        const title = rest.length > 1 && head[i + 1] !== '' ? `${head[i + 1] ?? ''}: ` : '';
        return cell === '' ? [] : [inline(`${title}${cell}`)];
      });
      return roffTerm(roffBold(plain(first)), cells);
    })
    .join('\n');
}

function cellsOf(row: string): string[] {
  return row
    .replace(/^\| *| *\|$/g, '')
    .split(/ *(?<!\\)\| */)
    .map((cell) => cell.replaceAll('\\|', '|'));
}

function plain(text: string): string {
  return linked(text).replace(/[`]|\*\*/g, '');
}

function linked(text: string): string {
  return text
    .replace(/\[([^\]]*)\]\(\.\/([\w-]+)\.md[^)]*\)/g, '$1 (see $2)')
    .replace(/\[([^\]]*)\]\((?:#|\.\.)[^)]*\)/g, '$1')
    .replace(/\\([*<|])/g, '$1');
}

/** `code` and **strong** text, in bold. */
function inline(text: string): string {
  return linked(text)
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .map((part, i) => (i % 2 === 1 ? roffBold(part.replace(/^(?:`|\*\*)|(?:`|\*\*)$/g, '')) : roffText(part)))
    .join('');
}
