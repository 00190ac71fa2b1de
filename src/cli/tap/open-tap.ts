import { Readable } from 'node:stream';
import type { TapFlags } from './flags.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import type { DaemonAddress } from './daemon-address.js';

/**
 * Requests a daemon's live events.
 *
 * @throws UserError if it is not there, or refuses
 */
export async function openTap({ url, token }: DaemonAddress, flags: TapFlags): Promise<Readable> {
  const path = new URL('tap', url);
  if (flags.stage !== undefined) path.searchParams.set('stage', flags.stage);
  if (flags.pipeline !== undefined) path.searchParams.set('pipeline', flags.pipeline);
  const answer = await ask(path, token);
  if (answer.ok && answer.body !== null) return Readable.fromWeb(answer.body);
  throw await refusal(answer, path);
}

async function ask(path: URL, token: string | undefined): Promise<Response> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    return await fetch(path, { headers, redirect: 'error' });
  } catch (error) {
    const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const reason = code === 'ECONNREFUSED' ? 'nobody listens there' : cause instanceof Error ? cause.message : code;
    throw new UserError(
      `no daemon answers at ${path.origin}: ${reason}`,
      EXIT.usage,
      'colloquium serve starts it; --url names another address',
    );
  }
}

async function refusal(answer: Response, path: URL): Promise<UserError> {
  const message = await messageOf(answer);
  switch (answer.status) {
    case 401:
      return new UserError(message, EXIT.usage, 'set COLLOQUIUM_TOKEN, or give --token-file');
    case 403:
      return new UserError(message, EXIT.usage, 'a token with the role read may tap');
    default:
      return new UserError(message === '' ? `${path.origin} answers ${answer.status}` : message, EXIT.usage);
  }
}

async function messageOf(answer: Response): Promise<string> {
  try {
    const body = (await answer.json()) as { readonly message?: unknown };
    return typeof body.message === 'string' ? body.message : '';
  } catch {
    return '';
  }
}
