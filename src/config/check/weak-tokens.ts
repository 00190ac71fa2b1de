import { formatPointer } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import type { Env } from '../env/index.js';
import { fillSection } from '../load/fill.js';
import { partAt } from '../load/validate.js';
import { diagnose, nodeAt, type SourceDocument } from '../source/index.js';
import { isLoopback } from '../units/index.js';

/** A shorter token can be guessed with enough attempts. */
const TOKEN_CHARACTERS_MIN = 16;

/**
 * Finds tokens that are too short for an address that other machines can reach.
 *
 * @param tokens the tokens that were read, in the order of the config; undefined for an unknown one
 * @param host the address to listen on
 */
export function weakTokens(
  document: SourceDocument,
  tokens: readonly (string | undefined)[],
  host: string,
): Diagnostic[] {
  if (isLoopback(host)) return [];
  return tokens.flatMap((token, index) => {
    if (token === undefined || token.length >= TOKEN_CHARACTERS_MIN) return [];
    const whole = ['server', 'tokens'];
    const one = [...whole, String(index)];
    const pointer = formatPointer(nodeAt(document.root, formatPointer(one)) === undefined ? whole : one);
    const finding = {
      severity: 'error',
      code: 'weak-token',
      message: `a token of ${token.length} characters is too short for ${host}, which other machines reach: at least ${TOKEN_CHARACTERS_MIN}`,
      hint: 'make one with: colloquium token create, or openssl rand -base64 32',
    } as const;
    return [diagnose(document, pointer, finding)];
  });
}

/** Like {@link weakTokens}, based on the config alone: tokens from files or commands are not known here. */
export function weakTokensIn(document: SourceDocument, env: Env): Diagnostic[] {
  const node = partAt(document, ['server']);
  if (node?.entries === undefined) return [];
  const filled = fillSection(node, ['server'], env).value as Readonly<Record<string, unknown>>;
  const { host, tokens = [] } = filled;
  if (typeof host !== 'string') return [];
  const known = (Array.isArray(tokens) ? (tokens as unknown[]) : [tokens]).map((token) =>
    typeof token === 'string' && !token.includes('${') ? token : undefined,
  );
  return weakTokens(document, known, host);
}
