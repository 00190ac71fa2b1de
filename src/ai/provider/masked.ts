/** Shorter texts are no secrets: stars for every "1" would hide more than they protect. */
const SECRET_LENGTH_MIN = 4;

/** The text with every secret replaced by stars, also as it stands within JSON or a URL. */
export function masked(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret.length >= SECRET_LENGTH_MIN)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    .sort((a, b) => b.length - a.length);
  return forms.reduce((shown, form) => shown.replaceAll(form, '***'), text);
}
