import type { Logger } from 'pino';
import { visible } from '../../config/diagnostic/index.js';
import { maskSecrets, type Config } from '../../config/index.js';
import { stderrPalette } from '../terminal/palette.js';
import type { LogFields, Talk } from '../../jobs/index.js';
import { createFlood } from './flood.js';
import { prettyLine } from './pretty.js';

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
  const say = (level: 'info' | 'warn' | 'error', message: string, fields: LogFields): void => {
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
