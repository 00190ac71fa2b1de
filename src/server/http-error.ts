/** A request that is answered with an error: a status, a few stable words, and what a person needs to know. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  /**
   * @param error stable: clients match on it
   * @param message what is wrong here and what would be right
   */
  constructor(
    readonly statusCode: number,
    readonly error: string,
    message: string,
    readonly more: Readonly<Record<string, string | number>> = {},
    readonly headers: Readonly<Record<string, string | string[]>> = {},
  ) {
    super(message);
  }
}

/** What an error answers: JSON, and nothing of the program's inside. */
export function errorBody({ error, message, more }: HttpError): string {
  return JSON.stringify({ error, message, ...more });
}

/** After so many seconds a client may try again what was too much just now. */
const RETRY_AFTER_S = 1;

/** Too much is going on: the client keeps its events and comes again. */
export function busy(message: string): HttpError {
  return new HttpError(503, 'Queue full', message, {}, { 'retry-after': String(RETRY_AFTER_S) });
}

export function tooLarge(bytesMax: number): HttpError {
  const message = `the body has more than ${bytesMax} bytes (server.max_body_size; processing.max_line_size where that is less)`;
  return new HttpError(413, 'Request body too large', message);
}

/** What a client did that the framework noticed first, by the framework's codes. */
const KNOWN: Readonly<Record<string, readonly [status: number, error: string, message: string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    'Unsupported media type',
    'send one event as application/json, or many as application/x-ndjson',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'Bad request', 'the body is not as long as its Content-Length says'],
  FST_ERR_BAD_URL: [400, 'Bad request', 'the path is no valid URL path'],
  FST_ERR_MAX_PARAM_LENGTH: [404, 'Not found', 'the path is too long'],
};

/** Whatever was thrown, as what the client may see of it. */
export function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = KNOWN[code];
  if (known !== undefined) return new HttpError(...known);
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500) return new HttpError(status, 'Bad request', 'the request is malformed');
  return new HttpError(500, 'Internal server error', 'a bug in colloquium: its own log says more');
}
