/** The JSON body that is posted to a webhook. */
export interface AlertMessage {
  readonly alert: string;
  readonly status: 'firing' | 'resolved';
  readonly signal: string;
  readonly value: number;
  readonly above: number;
  /** ISO 8601. */
  readonly time: string;
  /** The same as text for people. Chat services show this key. */
  readonly text: string;
}

const TIMEOUT_MS = 10_000;
const ATTEMPTS_MAX = 3;
const RETRY_MS = 2000;

/**
 * Posts a message; retries if it is not accepted.
 *
 * @throws Error if it was never accepted; the message omits the URL, which may be a secret
 */
export async function postAlert(
  url: string,
  message: AlertMessage,
  wait: (ms: number) => Promise<void>,
  attemptsMax = ATTEMPTS_MAX,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const problem = await post(url, message);
    if (problem === undefined) return;
    if (attempt >= attemptsMax) throw new Error(problem);
    await wait(RETRY_MS);
  }
}

async function post(url: string, message: AlertMessage): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `it answers with status ${response.status}`;
  } catch (error) {
    const cause: unknown = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
    return code === undefined ? "it can't be reached" : `it can't be reached: ${code}`;
  }
}
