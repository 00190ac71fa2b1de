import type { DisplacedError, Displacement } from '../log/index.js';
import { HttpError } from './http-error.js';

/** In seconds. */
const RETRY_AFTER = '5';

/** The folder's path is only for the operator's log and for those who may read the health, not for every client. */
const WORDS: Readonly<Record<Displacement, string>> = {
  gone: 'is gone: it was moved away or removed',
  replaced: 'was replaced by another',
  emptied: 'has lost its files',
};

/** Nothing can be stored because the log's folder was moved, removed or replaced: the client keeps its events and retries. */
export function displacedLog({ displacement }: DisplacedError): HttpError {
  const message =
    `the data folder of the daemon (storage.disk_path) ${WORDS[displacement]} while the daemon runs, and nothing is stored:` +
    'the operator must bring it back or restart the daemon';
  return new HttpError(503, 'Storage unavailable', message, {}, { 'retry-after': RETRY_AFTER });
}
