/** A request that is answered with an error: a status, a stable phrase, and an explanation for people. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  /**
   * @param error stable: clients match on it
   * @param message what is wrong here and how to fix it
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

/** The body of an error: JSON without internal details. */
export function errorBody({ error, message, more }: HttpError): string {
  return JSON.stringify({ error, message, ...more });
}

/** Seconds after which a client may retry when the daemon is busy. */
const RETRY_AFTER_S = 1;

/** The daemon is overloaded: the client keeps its events and retries. */
export function busy(message: string): HttpError {
  return new HttpError(503, 'Queue full', message, {}, { 'retry-after': String(RETRY_AFTER_S) });
}

export function tooLarge(bytesMax: number): HttpError {
  const message = `the body has more than ${bytesMax} bytes (server.max_body_size; processing.max_line_size where that is less)`;
  return new HttpError(413, 'Request body too large', message);
}

/** Client errors that the framework detects first, by the framework's error code. */
const KNOWN: Readonly<Record<string, readonly [status: number, error: string, message: string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    'Unsupported media type',
    'send one event as application/json, or many as application/x-ndjson',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'Bad request', "the body's length differs from its Content-Length"],
  FST_ERR_BAD_URL: [400, 'Bad request', 'the path is not a valid URL path'],
  FST_ERR_MAX_PARAM_LENGTH: [404, 'Not found', 'the path is too long'],
};

/** Converts a thrown error to what the client may see. */
export function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = KNOWN[code];
  if (known !== undefined) return new HttpError(...known);
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500) return new HttpError(status, 'Bad request', 'the request is malformed');
  return new HttpError(500, 'Internal server error', "this is a bug in colloquium: the daemon's log has the details");
}
