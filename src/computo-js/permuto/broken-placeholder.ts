/** A broken placeholder of a template, as it is written there. */
export interface BrokenPlaceholder {
  readonly text: string;
  /** `open`: the placeholder never ends. `nested`: another placeholder begins inside it. */
  readonly why: 'open' | 'nested';
}

/** Returns the first broken placeholder of a text; undefined if there is none. */
export function brokenPlaceholder(template: string): BrokenPlaceholder | undefined {
  for (let open = template.indexOf('${/'); open !== -1; open = template.indexOf('${/', open + 2)) {
    const close = template.indexOf('}', open);
    if (close === -1) return { text: template.slice(open), why: 'open' };
    const text = template.slice(open, close + 1);
    if (text.includes('${', 2)) return { text, why: 'nested' };
    open = close;
  }
  return undefined;
}
