/** What goes wrong with a request to a provider. */
export type FaultKind =
  /** The provider answers with an error. `code` is its own word for it. */
  | { readonly kind: 'status'; readonly status: number; readonly code?: string }
  | { readonly kind: (typeof FAULT_WORDS)[number] };

/** Faults other than an error's status, as they are written. */
export const FAULT_WORDS = [
  'connection refused',
  'connection reset',
  'timeout before send',
  'timeout after send',
  'cut body',
  'broken json',
  'refusal',
  'cut off',
  'content filter',
  'no usage',
  'wrong usage',
] as const;

export const FAULT_EXPECTED = `an HTTP status like 500 or 429 rate_limit_exceeded, or one of: ${FAULT_WORDS.join(', ')}`;

const STATUS = /^([3-5]\d\d)(?: +([A-Za-z][\w.-]*))?$/;

/** Reads a fault; undefined if it is none. */
export function parseFault(text: string): FaultKind | undefined {
  const written = text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const word = FAULT_WORDS.find((one) => one === written);
  if (word !== undefined) return { kind: word };
  const [, status, code] = STATUS.exec(text.trim()) ?? [];
  if (status === undefined) return undefined;
  return { kind: 'status', status: Number(status), ...(code !== undefined && { code }) };
}
