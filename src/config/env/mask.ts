const HIDDEN = '***';

/** In base64 of a secret that follows 0, 1 or 2 other bytes, the characters before this index depend on those bytes, too. */
const OWN_FROM = [0, 2, 3] as const;

/**
 * The forms in which a secret may appear in a text: as it is, within JSON, percent-encoded in any usual way, and in base64, also
 * as a part of something longer, such as `user:secret`.
 */
export function formsOf(secret: string): readonly string[] {
  return [...new Set([secret, ...inJson(secret), ...percentEncoded(secret), ...base64(secret)])];
}

/** Puts stars over all forms of some secrets. */
export function hide(text: string, forms: Iterable<string>): string {
  return hiding(forms)(text);
}

/** The same for many texts. The longer forms come first: one may be the start of another. */
export function hiding(forms: Iterable<string>): (text: string) => string {
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((shown, form) => shown.replaceAll(form, HIDDEN), text);
}

function inJson(secret: string): string[] {
  const text = JSON.stringify(secret).slice(1, -1);
  return [text, text.replaceAll('/', '\\/')];
}

function percentEncoded(text: string): string[] {
  const bytes = Buffer.from(text);
  const usual = encodeURIComponent(bytes.toString());
  const strict = usual.replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const every = `%${bytes.toString('hex').toUpperCase().match(/../g)?.join('%') ?? ''}`;
  const form = new URLSearchParams({ '': bytes.toString() }).toString().slice(1);
  const forms = [usual, strict, form, encodeURI(bytes.toString()), every];
  return forms.flatMap((one) => [one, one.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

/** Returns only what the secret alone determines: the first and last characters may hold bits of adjacent text. */
function base64(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const own = OWN_FROM.map((from, before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(from, Math.floor(((before + bytes.length) * 8) / 6));
  });
  const whole = bytes.toString('base64');
  const url = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');
  return [whole, whole.replace(/=+$/, ''), ...own].flatMap((text) => [
    text,
    url(text),
    ...percentEncoded(text),
    ...inJson(text),
  ]);
}
