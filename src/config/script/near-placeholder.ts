/** What looks like a placeholder, but stays in the text as it is. */
export interface NearPlaceholder {
  /** As written. */
  readonly text: string;
  /** The placeholder that is probably meant; undefined if that is not known. */
  readonly meant: string | undefined;
}

const PLACEHOLDER = /\$\{(?:\/[^}]*)?\}/;

/** `${text}`, `${ /text }` and `{/text}`: in a template, hardly meant as they are. */
const NEARLY = /\$\{(?![/}])[^{}\n]*\}|(?<![${])\{\s*\/[^\s{}]+\s*\}/;

/** Placeholders of other tools: `{{text}}` and `{text}`. They may be text, too. */
const FOREIGN = /\{\{\s*[^\s{}"']+\s*\}\}|(?<!\$)\{[A-Za-z_][\w.]*\}/;

/** Whether data is filled in for some part of a text. */
export function hasPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text);
}

/** Returns the first part of a template that is almost a placeholder, such as `${text}` or `{/text}`. */
export function nearPlaceholder(text: string): NearPlaceholder | undefined {
  return found(NEARLY, text);
}

/** Returns the first part of a text that other tools would fill in, such as `{{text}}`. */
export function foreignPlaceholder(text: string): NearPlaceholder | undefined {
  return found(FOREIGN, text);
}

function found(pattern: RegExp, template: string): NearPlaceholder | undefined {
  const text = pattern.exec(template)?.[0];
  return text === undefined ? undefined : { text, meant: meantBy(text) };
}

/** `${user.name}`, `${$.user.name}` and `{ /user/name }` all mean `${/user/name}`. */
function meantBy(text: string): string | undefined {
  const inner = text.replace(/^\$?\{+\s*/, '').replace(/\s*\}+$/, '');
  if (inner.startsWith('/')) return `\${${inner}}`;
  const path = inner.replace(/^\$?\.?/, '');
  if (path === '') return '${}';
  return /^[\w-]+(?:[./][\w-]+)*$/.test(path) ? `\${/${path.replaceAll('.', '/')}}` : undefined;
}
