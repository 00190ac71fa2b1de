import { maskSecrets } from '../../config/index.js';

type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** What the daemon says of itself: few JSON lines on stderr, none for an event. Secrets never show. */
export interface Talk {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

const STDERR = 2;

export async function openTalk(): Promise<Talk> {
  const { default: pino } = await import('pino');
  const destination = pino.destination({ dest: STDERR, sync: true });
  const logger = pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: maskSecrets },
    },
    destination,
  );
  return {
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  };
}
