import type { Logger } from 'pino';
import { visible } from '../../config/diagnostic/index.js';
import { maskSecrets, type Config } from '../../config/index.js';
import { stderrPalette } from '../palette.js';
import { createFlood } from './flood.js';
import { prettyLine } from './pretty.js';

type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * What the daemon says of itself, on stderr: JSON lines, or lines for people. Secrets never show. Of lines that say the same
 * again and again the first are told, and how many there were.
 */
export interface Talk {
  /** Of each event: nobody sees it unless they asked for it. To be asked for leave with {@link admits}. */
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  isDebug(): boolean;
  setLevel(level: LogLevel): void;
  /** Whether one more of such things is to be told; those that are not are counted. */
  admits(kind: string): boolean;
  /** Tells how much was left out since the last time. To be called every {@link FLOOD_SPAN_MS}. */
  turn(): void;
}

export type LogLevel = Config['logging']['level'];

export const FLOOD_SPAN_MS = 10_000;
const LINES_PER_SPAN_MAX = 100;

const STDERR = 2;

export async function openTalk({ level, format }: Config['logging']): Promise<Talk> {
  const { default: pino } = await import('pino');
  const isPretty = format === 'pretty' || (format === 'auto' && process.stderr.isTTY);
  const stderr = pino.destination({ dest: STDERR, sync: true });
  const palette = stderrPalette();
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: (line) => visible(maskSecrets(line)) },
    },
    isPretty ? { write: (line: string) => stderr.write(prettyLine(line, palette)) } : stderr,
  );
  return talkThrough(logger);
}

function talkThrough(logger: Logger): Talk {
  const flood = createFlood(LINES_PER_SPAN_MAX);
  const say = (level: 'info' | 'warn' | 'error', message: string, fields: Fields): void => {
    if (flood.admits(message)) logger[level](fields, message);
  };
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => say('info', message, fields),
    warn: (message, fields = {}) => say('warn', message, fields),
    error: (message, fields = {}) => say('error', message, fields),
    isDebug: () => logger.isLevelEnabled('debug'),
    setLevel: (level) => (logger.level = level),
    admits: (kind) => flood.admits(kind),
    turn() {
      for (const [what, count] of flood.turn()) logger.warn({ what, count }, 'more of these were left out');
    },
  };
}
