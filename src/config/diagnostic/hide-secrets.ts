/** Matches a key that holds a secret, and the text after it. A reference to the environment, a file or a command is not a secret. */
const SECRET =
  /((?<!\w)(?:api_key|password|secret|authorization|webhook)["']?\s*:\s*)(?!["']?\$\{|\{)("(?:[^"\\]|\\.)*"?|'[^']*'?|\S.*?(?=\s*[,}](?:\s|$)|$))/gi;

/** Matches a key that holds one or more secrets on its line. */
const SECRETS = /((?<!\w)(?:api_keys|old_keys|tokens|headers|query|secrets)["']?\s*:\s*)(\S.*)$/i;

/** Matches a `key` whose value looks like an encryption key, mistyped or not; keys of stages are scripts and pointers. */
const ENCRYPTION_KEY = /((?<!\w)key["']?\s*:\s*)(["']?[A-Za-z0-9+=_-][A-Za-z0-9+/=_-]{23,}["']?)(?=\s*(?:[,}#]|$))/g;

/** Matches a key whose secrets are on the lines below it. */
const SECRETS_BELOW = /(?<!\w)(?:api_keys|old_keys|tokens|headers|query|secrets)["']?\s*:\s*[[{]?\s*$/i;

/** Match the user and password of a URL, and its query string. */
const IN_URLS = [/(:\/\/)([^\s/@"']+)(?=@)/g, /(:\/\/[^\s"'?]*\?)([^\s"',}]+)/g];

/** Matches a line that may continue a list or map opened above it. */
const ITEM = /^\s*(?:-\s|["'][^"']*["']\s*,?\s*$|[\w"'-]+\s*:|$)/;

/**
 * Replaces the secrets in a line of a config by asterisks, even if the config can't be parsed. Keeps the columns.
 *
 * @param isItem whether the line belongs to a list of secrets: see {@link isSecretItem}
 */
export function hideSecrets(line: string, isItem: boolean): string {
  if (isItem && ITEM.test(line)) return line.replace(/^(\s*(?:-\s+|[\w"'-]+\s*:\s*)?)(.*)$/, star);
  const hidden = line.replace(SECRETS, star).replace(SECRET, star).replace(ENCRYPTION_KEY, star);
  return IN_URLS.reduce((shown, part) => shown.replace(part, star), hidden);
}

/** Whether a line belongs to a list or map of secrets. @param above the lines above it, nearest first */
export function isSecretItem(line: string, above: readonly string[]): boolean {
  for (const other of above) {
    // A key that is not indented deeper is the next one beside it.
    if (SECRETS_BELOW.test(other)) return /^\s*-/.test(line) || indentOf(line) > indentOf(other);
    if (!ITEM.test(other) || /^\S+:/.test(other)) return false;
  }
  return false;
}

function indentOf(line: string): number {
  return line.search(/\S|$/);
}

function star(_: string, key: string, value: string): string {
  return key + (/^["']?\$\{/.test(value) ? value : '*'.repeat(value.length));
}
