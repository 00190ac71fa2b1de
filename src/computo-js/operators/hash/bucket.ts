import { compileArgument } from '../../compile/index.js';
import { defineOperator, inBoth, number, takes, value } from '../../syntax/index.js';
import { compileInteger, reportInteger, type Bounds } from '../integer-argument.js';
import { sha256Of } from './digest.js';

/** 48 bits, which fit in a double. */
const HEX_DIGITS = 12;

const BUCKETS: Bounds = { min: 1, max: Number.MAX_SAFE_INTEGER };

export const bucket = defineOperator('hash.bucket', () => ({
  summary:
    'An integer from 0 to below a count, the same for the same value: its hash as by `hash.sha256`, its first 12 digits modulo the count.',
  signatures: inBoth(takes(value('value'), number('count'))),
  returns: 'number',
  work: ['elements', 'members', 'text', 'digits'],
  frames: 2,
  examples: [{ script: ['hash.bucket', 'ada', 10], result: 9 }],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    const countGiven = compileInteger(call, 1, compiler, BUCKETS);
    return (run, scope) => {
      const hashed = given(run, scope);
      const count = countGiven(run, scope);
      return Number.parseInt(sha256Of(hashed, undefined, call, run).slice(0, HEX_DIGITS), 16) % count;
    };
  },
  check: (call, report) => reportInteger(call, 1, report, BUCKETS),
}));
