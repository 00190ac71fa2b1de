/** A text that can be laid out over several lines. */
export type Doc = string | readonly Doc[] | Group | Indent | Line;

/** Fits on one line if there is room; otherwise all lines directly in it are broken. */
interface Group {
  readonly kind: 'group';
  readonly doc: Doc;
}

/** Indents the lines in it. */
interface Indent {
  readonly kind: 'indent';
  readonly doc: Doc;
  readonly columns: number;
}

/** A possible line break. */
interface Line {
  readonly kind: 'line';
  /** The text if the line is not broken. */
  readonly flat: string;
  /** The text before the line break if the line is broken. */
  readonly broken: string;
}

export const LINE: Doc = { kind: 'line', flat: ' ', broken: '' };
const SOFT_LINE: Doc = { kind: 'line', flat: '', broken: '' };
/** A comma after the last element, if each element has a line of its own. */
const LAST_COMMA: Doc = { kind: 'line', flat: '', broken: ',' };

export function group(doc: Doc): Doc {
  return { kind: 'group', doc };
}

export function indent(doc: Doc, columns = 2): Doc {
  return { kind: 'indent', doc, columns };
}

/** Joins docs with a separator. */
export function joined(docs: readonly Doc[], separator: Doc): Doc {
  return docs.flatMap((doc, index) => (index === 0 ? [doc] : [separator, doc]));
}

/** Puts elements between brackets: on one line, or each on its own line with a trailing comma. */
export function bracketed(open: string, elements: readonly Doc[], close: string): Doc {
  if (elements.length === 0) return `${open}${close}`;
  return group([open, indent([SOFT_LINE, joined(elements, [',', LINE])]), LAST_COMMA, close]);
}

/** Maximum indentation, because the lines of a deep script would otherwise be mostly blanks. */
const INDENT_MAX = 40;

/** A doc still to be written. */
interface Todo {
  readonly doc: Doc;
  readonly indent: number;
  readonly isFlat: boolean;
}

/**
 * Lays out a text. Works at any nesting depth.
 *
 * @param width columns of a line, exceeded only by text that can't be broken
 */
export function layOut(doc: Doc, width: number): string {
  const parts: string[] = [];
  let column = 0;
  const write = (text: string): void => {
    parts.push(text);
    column += text.length;
  };
  const todo: Todo[] = [{ doc, indent: 0, isFlat: width === Infinity }];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { doc: one, isFlat } = next;
    if (typeof one === 'string') write(one);
    else if (!isLine(one)) {
      // If a doc is on one line, so is everything in it.
      const fits = isFlat || (isGroup(one) && fitsIn(width - column, one, todo));
      pushParts(todo, { ...next, isFlat: fits });
    } else if (isFlat) write(one.flat);
    else {
      write(`${one.broken}\n${' '.repeat(next.indent)}`);
      column = next.indent;
    }
  }
  return parts.join('');
}

/** Replaces a doc with its parts, the first part on top. */
function pushParts(todo: Todo[], { doc, indent: columns, isFlat }: Todo): void {
  if (typeof doc === 'string') return;
  if (!('kind' in doc)) {
    for (let index = doc.length - 1; index >= 0; index--) todo.push({ doc: doc[index] ?? '', indent: columns, isFlat });
  } else if (doc.kind === 'group') {
    todo.push({ doc: doc.doc, indent: columns, isFlat });
  } else if (doc.kind === 'indent') {
    todo.push({ doc: doc.doc, indent: Math.min(columns + doc.columns, INDENT_MAX), isFlat });
  }
}

/** Whether a doc, and the text after it up to the next broken line, fit on the line. */
function fitsIn(room: number, doc: Doc, behind: readonly Todo[]): boolean {
  let left = room;
  let reached = behind.length;
  const todo: Todo[] = [{ doc, indent: 0, isFlat: true }];
  while (left >= 0) {
    const next = todo.pop() ?? behind[--reached];
    if (next === undefined) return true;
    const { doc: one } = next;
    if (typeof one === 'string') left -= one.length;
    else if (!isLine(one)) pushParts(todo, next);
    else if (next.isFlat) left -= one.flat.length;
    else return true;
  }
  return false;
}

function isLine(doc: Exclude<Doc, string>): doc is Line {
  return 'kind' in doc && doc.kind === 'line';
}

function isGroup(doc: Exclude<Doc, string>): doc is Group {
  return 'kind' in doc && doc.kind === 'group';
}
