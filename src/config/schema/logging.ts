import { choice } from './fields.js';
import { section } from './structures.js';

export const logging = () =>
  section({
    level: choice(['debug', 'info', 'warn', 'error'])
      .prefault('info')
      .describe("What serve says on standard error. debug: each event's way through the stages, too."),
    format: choice(['auto', 'json', 'pretty'])
      .prefault('auto')
      .describe('json: a JSON object a line; pretty: for people; auto: pretty on a terminal.'),
  });
