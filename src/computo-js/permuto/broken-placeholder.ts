/** What a placeholder of a template has wrong, as it is written there. */
export interface BrokenPlaceholder {
  readonly text: string;
  /** `open`: it never ends. `nested`: another one begins in it. */
  readonly why: 'open' | 'nested';
}

/** The first placeholder of a text that can stand for nothing; undefined: there is none. */
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
