import type { ApiKey } from './provider.js';

/** Reads a key, which may come from a file or a program. Reading may fail, or the text may not be a key. */
export async function revealed(
  key: ApiKey | undefined,
): Promise<{ readonly apiKey: string } | { readonly problem: string }> {
  try {
    const apiKey = (await key?.reveal()) ?? '';
    // A line break at the end is left out of the header.
    const isSendable = /^[\x20-\x7e]*$/.test(apiKey.trim());
    return isSendable
      ? { apiKey }
      : {
          problem: 'it has characters other than printable ASCII, or several lines',
        };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Returns the keys among configured headers or query parameters, recognized by their names. Other values may occur in an answer. */
export function keysIn(named: Readonly<Record<string, string>> = {}): readonly string[] {
  return Object.entries(named).flatMap(([name, value]) => (/auth|key|token|secret/i.test(name) ? [value] : []));
}
