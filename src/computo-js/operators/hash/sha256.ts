import { compileArgument, type Compiler } from '../../compile/index.js';
import { defineOperator, inBoth, invalidArgument, takesUpTo, value, type Call } from '../../syntax/index.js';
import { nearestName } from '../../value/index.js';
import { compileOption, OptionProblem, reportOption, type Option } from '../option.js';
import { sha256Of } from './digest.js';

const NOT_WRITTEN_OUT = "'hash.sha256' needs the name of a secret as it stands: no data may choose a key";

export const sha256 = defineOperator('hash.sha256', () => ({
  summary:
    "The SHA-256 in hex of a text's UTF-8, or of another value's canonical text; with the name of a secret, the HMAC-SHA-256 with that secret as its key.",
  signatures: inBoth(takesUpTo(1, value('value'), value('secret', 'string'))),
  returns: 'string',
  work: ['elements', 'members', 'text', 'digits'],
  frames: 2,
  examples: [
    {
      script: ['hash.sha256', 'ada'],
      result: 'fdee430d40bd57deeac186cd9790033d0f06f909a8806e7ce6e717ab7c7d5029',
    },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    const key = call.arguments.length > 1 ? compileKey(call, compiler) : undefined;
    return (run, scope) => {
      const hashed = given(run, scope);
      return sha256Of(hashed, key?.(run, scope), call, run);
    };
  },
  check(call, report, { secrets }) {
    const name = call.arguments[1];
    if (name !== undefined && name.type !== 'constant') {
      report({ code: 'secret-name', place: name.place, message: NOT_WRITTEN_OUT });
    }
    reportOption(call, 1, 'unknown-secret', (text) => secretNamed(text, secrets), report);
  },
}));

function compileKey(call: Call, compiler: Compiler): Option<string> {
  const { secrets } = compiler.program;
  if (call.arguments[1]?.type === 'constant') {
    return compileOption(call, 1, compiler, (name) => secretNamed(name, secrets));
  }
  return () => {
    throw invalidArgument(call.place, NOT_WRITTEN_OUT);
  };
}

/** @throws OptionProblem if there is no secret with that name */
function secretNamed<T>(name: string, secrets: ReadonlyMap<string, T>): T {
  const secret = secrets.get(name);
  if (secret !== undefined) return secret;
  const nearest = nearestName(name, secrets.keys());
  const hint = nearest === undefined ? "Add it to 'secrets'." : `Did you mean ${JSON.stringify(nearest)}?`;
  throw new OptionProblem(`no secret is named ${JSON.stringify(name)}. ${hint}`);
}
