import { compileArgument } from '../compile/index.js';
import { applyTemplate, TemplateDepthError, TemplateMissingError } from '../permuto/index.js';
import { defineOperator, invalidArgument, limitExceeded, takes, value } from '../syntax/index.js';

export const permutoApply = defineOperator('permuto.apply', () => ({
  summary:
    'A template filled in from a context: a string that is exactly `${/pointer}` becomes what the pointer leads to, of any kind; `${}` is the whole context. Keys stay, and results are not filled in again. A missing path leaves the placeholder; the option `permuto` changes that, and turns on placeholders inside longer strings.',
  portable: true,
  signatures: { classic: takes(value('template'), value('context')) },
  work: ['elements', 'members', 'text'],
  examples: [
    {
      script: ['permuto.apply', { id: '${/user/id}', note: 'for ${/user/id}' }, ['$input']],
      inputs: [{ user: { id: 7 } }],
      result: { id: 7, note: 'for ${/user/id}' },
    },
  ],
  compile(call, compiler) {
    const templateGiven = compileArgument(call, 0, compiler);
    const contextGiven = compileArgument(call, 1, compiler);
    const options = compiler.program.permuto;
    return (run, scope) => {
      const template = templateGiven(run, scope);
      const context = contextGiven(run, scope);
      run.at = call.place;
      try {
        return applyTemplate(template, context, options, run);
      } catch (error) {
        if (error instanceof TemplateMissingError) {
          const hint = "Leave the placeholder with the option permuto.missing 'ignore', or drop it with 'remove'.";
          throw invalidArgument(call.place, `'permuto.apply' found ${error.message}`, hint);
        }
        if (error instanceof TemplateDepthError) throw limitExceeded(call.place, `'permuto.apply': ${error.message}`);
        throw error;
      }
    };
  },
}));
