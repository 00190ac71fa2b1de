import { createHash } from 'node:crypto';
import { without } from '../without.js';
import { canonicalJson, type JsonSchema, type UniversalRequest } from '../request/index.js';

/** What tells equal requests apart: the stored event they are for, or which of the equal ones in the input this is, from 0. */
export type CallIdentity = { readonly event: string } | { readonly occurrence: number };

/** What a call is, for the journal: everything that shapes its answer, and nothing else. */
export interface CallFacts {
  readonly stage: string;
  readonly request: UniversalRequest;
  /** The output cap in force, wherever it comes from. */
  readonly maxTokens: number;
  readonly schema?: JsonSchema | undefined;
  /** Undefined: equal requests of a stage are one call. */
  readonly identity?: CallIdentity | undefined;
}

/** Grows when keys change their meaning: answers of an older one are then not found, rather than mistaken. */
const KEY_VERSION = 1;

/** The parts of a request that its answer depends on. Who serves it, at which address and with which key, is none. */
export function answerInputs({ request, maxTokens, schema }: Omit<CallFacts, 'stage'>): Record<string, unknown> {
  return { ...without(request, 'provider'), max_tokens: maxTokens, ...(schema !== undefined && { schema }) };
}

/** The key of a call in the journal: a hash, 64 hexadecimal digits. */
export function callKey(facts: CallFacts): string {
  const text = canonicalJson([KEY_VERSION, facts.stage, answerInputs(facts), facts.identity ?? null]);
  return createHash('sha256').update(text).digest('hex');
}
