/** The element of the page with this id. */
export function at(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

/** Sets a text if it differs: unchanged text is not redrawn. */
export function say(id: string, text: string): void {
  const element = at(id);
  if (element.textContent !== text) element.textContent = text;
}

/** Creates an element. Text is always text, never markup: it may come from an event. */
export function make(
  tag: string,
  options: { readonly class?: string; readonly text?: string } = {},
  ...children: readonly Node[]
): HTMLElement {
  const element = document.createElement(tag);
  if (options.class !== undefined) element.className = options.class;
  if (options.text !== undefined) element.textContent = options.text;
  element.append(...children);
  return element;
}

/** A table with more columns than this needs a wide place, or is in blocks everywhere. */
const MANY_COLUMNS = 7;
const VERY_MANY_COLUMNS = 12;

/**
 * A table, or a word when it has no rows. Its first column names the row. In a narrow place each row becomes a block, and each
 * cell names its column: the roles say that it is a table all the same.
 */
export function showTable(
  id: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  empty: string,
): void {
  const key = JSON.stringify(rows);
  const place = at(id);
  if (place.dataset['shown'] === key) return;
  place.dataset['shown'] = key;
  const cell = (text: string, i: number): HTMLElement => {
    const element =
      i === 0 ? withRole(make('th', { text }), 'rowheader') : withRole(make('td', {}, make('span', { text })), 'cell');
    element.dataset['head'] = heads[i] ?? '';
    return element;
  };
  const line = (cells: readonly HTMLElement[]): HTMLElement => withRole(make('tr', {}, ...cells), 'row');
  const head = line(heads.map((text) => withRole(make('th', { text }), 'columnheader')));
  const table = withRole(
    make(
      'table',
      heads.length > MANY_COLUMNS ? { class: heads.length > VERY_MANY_COLUMNS ? 'very-many' : 'many' } : {},
      withRole(make('thead', {}, head), 'rowgroup'),
      withRole(make('tbody', {}, ...rows.map((row) => line(row.map(cell)))), 'rowgroup'),
    ),
    'table',
  );
  place.replaceChildren(rows.length === 0 ? make('p', { class: 'empty', text: empty }) : table);
}

function withRole(element: HTMLElement, role: string): HTMLElement {
  element.setAttribute('role', role);
  return element;
}

/** A bar that is full at 1. */
export function bar(share: number): HTMLElement {
  const fill = make('i', share >= 0.9 ? { class: 'full' } : {});
  fill.style.width = `${Math.min(100, Math.max(0, share * 100)).toFixed(1)}%`;
  return make('div', { class: 'bar' }, fill);
}
