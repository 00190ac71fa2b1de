import type { Admission, Limiter, Permit } from './limiter.js';

/**
 * Acquires permits from several limiters, one after the other, as a single permit; if one refuses, returns the permits granted so
 * far. The parameters are those of {@link Limiter.acquire}.
 *
 * @throws Error when the state of the limits can't be read or written
 */
export async function acquireAll(
  limiters: readonly Limiter[],
  ...request: Parameters<Limiter['acquire']>
): Promise<Admission> {
  const permits: Permit[] = [];
  const cancel = (): void => permits.forEach((permit) => permit.cancel());
  try {
    for (const limiter of limiters) {
      const admission = await limiter.acquire(...request);
      if (admission.kind !== 'granted') {
        cancel();
        return admission;
      }
      permits.push(admission.permit);
    }
  } catch (error) {
    cancel();
    throw error;
  }
  const settle = (tokensUsed: number): void => permits.forEach((permit) => permit.settle(tokensUsed));
  return { kind: 'granted', permit: { settle, cancel } };
}
