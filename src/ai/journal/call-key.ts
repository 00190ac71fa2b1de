import { hash } from 'node:crypto';
import { without } from '../without.js';
import { canonicalJson, isMedia, type JsonSchema, type Message, type UniversalRequest } from '../request/index.js';

/** Distinguishes equal requests: by the stored event they are for, or by their index, from 0, among the equal ones in the input. */
export type CallIdentity = { readonly event: string } | { readonly occurrence: number };

/** What identifies a call in the journal: everything that shapes its answer, and nothing else. */
export interface CallFacts {
  readonly stage: string;
  readonly request: UniversalRequest;
  /** The effective output cap. */
  readonly maxTokens: number;
  readonly schema?: JsonSchema | undefined;
  /** Undefined: equal requests of a stage are one call. */
  readonly identity?: CallIdentity | undefined;
  /** The only one that may serve. Undefined: several may, and stand in for each other. */
  readonly server?: CallServer | undefined;
}

/** The server that answers, independent of its name in the config and of its key. */
export interface CallServer {
  readonly kind: string;
  readonly baseUrl: string;
}

/** Increased when keys change their meaning: older answers are then not found, rather than mistaken for others. */
const KEY_VERSION = 1;

/** What shapes the answer to a request, whoever serves it. */
export function answerInputs({
  request,
  maxTokens,
  schema,
}: Omit<CallFacts, 'stage' | 'server'>): Record<string, unknown> {
  return {
    ...without(request, 'provider'),
    messages: request.messages.map(withoutBytes),
    max_tokens: maxTokens,
    ...(schema !== undefined && { schema }),
  };
}

/** Replaces the bytes of images and other media by their digests. */
function withoutBytes(message: Message): unknown {
  if (typeof message.content === 'string') return message;
  return { ...message, content: message.content.map((part) => (isMedia(part) ? without(part, 'data') : part)) };
}

/** The key of a call in the journal: a hash, 64 hexadecimal digits. */
export function callKey(facts: CallFacts): string {
  const { stage, identity = null, server } = facts;
  const servedBy = server === undefined ? [] : [server.kind, server.baseUrl];
  const text = canonicalJson([KEY_VERSION, stage, answerInputs(facts), identity, ...servedBy]);
  return hash('sha256', text);
}
