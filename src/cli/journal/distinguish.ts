/** The maximum number of characters shown of a text. */
const SHOWN_MAX = 40;

/** Shortens each text to the part in which it differs from the others, because prompts of one template begin and end alike. */
export function distinguish(texts: readonly string[]): readonly string[] {
  const [first = '', ...others] = texts;
  const shortest = texts.reduce((min, { length }) => Math.min(min, length), Infinity);
  const sameUntil = (isSame: (length: number) => boolean, max: number): number => {
    let length = 0;
    while (length < max && isSame(length)) length += 1;
    return length;
  };
  const isAlone = others.every((text) => text === first);
  const before = isAlone ? 0 : sameUntil((i) => others.every((text) => text[i] === first[i]), shortest);
  const behind = isAlone
    ? 0
    : sameUntil((i) => others.every((text) => text.at(-1 - i) === first.at(-1 - i)), shortest - before);
  return texts.map((text) => {
    const end = text.length - behind;
    const to = Math.min(end, before + SHOWN_MAX);
    const shown = text.slice(before, to).replaceAll(/\s+/g, ' ');
    return `${before > 0 ? '…' : ''}${shown}${to < text.length ? '…' : ''}`;
  });
}
