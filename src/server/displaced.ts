import type { DisplacedError, Displacement } from '../log/index.js';
import { HttpError } from './http-error.js';

/** In seconds. */
const RETRY_AFTER = '5';

/** Where the folder is, is for the operator's log and for who may read health, not for every client. */
const WORDS: Readonly<Record<Displacement, string>> = {
  gone: 'is gone: it was moved away or removed',
  replaced: 'was replaced by another',
  emptied: 'has lost its files',
};

/** Nothing can be stored, because the log's folder is not where it was: the client keeps its events and comes again. */
export function displacedLog({ displacement }: DisplacedError): HttpError {
  const message =
    `the data folder of the daemon (storage.disk_path) ${WORDS[displacement]} while the daemon runs, and nothing is stored: ` +
    'the operator has to bring it back, or to restart the daemon';
  return new HttpError(503, 'Storage unavailable', message, {}, { 'retry-after': RETRY_AFTER });
}
