const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = { array: 0x5b, object: 0x7b } as const;
const CLOSE = { array: 0x5d, object: 0x7d } as const;
const SCALAR = /-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

type Container = keyof typeof OPEN;
type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end';

/** What starts at a bracket: a whole value, prose, or JSON that is broken or truncated. `end`: the first position after it. */
interface Span {
  readonly kind: 'value' | 'prose' | 'broken';
  readonly end: number;
}

/**
 * The outermost JSON objects and arrays in a text, as they are written. Reads each character once. Brackets of prose, as in `[see
 * below]`, are skipped.
 *
 * @returns undefined if JSON in it is broken or truncated: a part of it must not be mistaken for the whole
 */
export function jsonValuesIn(text: string): readonly string[] | undefined {
  const found: string[] = [];
  let at = 0;
  while (at < text.length) {
    const container = openedBy(text.charCodeAt(at));
    if (container === undefined) {
      at += 1;
      continue;
    }
    const { kind, end } = spanOf(text, at, container);
    if (kind === 'broken') return undefined;
    if (kind === 'value') found.push(text.slice(at, end));
    at = end;
  }
  return found;
}

function spanOf(text: string, start: number, outermost: Container): Span {
  const open: Container[] = [outermost];
  let expected: Expected = endOrFirst(outermost);
  let hasKey = false;
  let at = start + 1;
  for (;;) {
    while (isSpace(text.charCodeAt(at))) at += 1;
    if (at >= text.length) return { kind: 'broken', end: at };
    const code = text.charCodeAt(at);
    const inside = open.at(-1);
    const opened = openedBy(code);
    const takesValue = expected === 'value' || expected === 'value-or-end';
    const takesKey = expected === 'key' || expected === 'key-or-end';
    if (inside !== undefined && code === CLOSE[inside] && expected.endsWith('-or-end')) {
      open.pop();
      at += 1;
      if (open.length === 0) return { kind: 'value', end: at };
      expected = 'comma-or-end';
    } else if (opened !== undefined && takesValue) {
      open.push(opened);
      expected = endOrFirst(opened);
      at += 1;
    } else if (code === QUOTE && (takesValue || takesKey)) {
      at = behindString(text, at);
      expected = takesKey ? 'colon' : 'comma-or-end';
    } else if (code === COLON && expected === 'colon') {
      hasKey = true;
      expected = 'value';
      at += 1;
    } else if (code === COMMA && expected === 'comma-or-end') {
      expected = inside === 'object' ? 'key' : 'value';
      at += 1;
    } else {
      const end = takesValue ? behindScalar(text, at) : undefined;
      // A key shows that the bracket begins JSON.
      if (end === undefined) return { kind: hasKey ? 'broken' : 'prose', end: at };
      expected = 'comma-or-end';
      at = end;
    }
  }
}

function openedBy(code: number): Container | undefined {
  if (code === OPEN.object) return 'object';
  return code === OPEN.array ? 'array' : undefined;
}

function endOrFirst(container: Container): Expected {
  return container === 'object' ? 'key-or-end' : 'value-or-end';
}

function behindString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

function behindScalar(text: string, at: number): number | undefined {
  SCALAR.lastIndex = at;
  return SCALAR.test(text) ? SCALAR.lastIndex : undefined;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
