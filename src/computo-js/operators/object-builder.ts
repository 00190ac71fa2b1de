import type { Evaluate } from '../compile/index.js';

/** More members than this are set one by one: the engine compiles no function that long well. */
const MEMBERS_MAX = 64;

/**
 * Makes a function that builds an object from an object literal, so that all of its objects share one layout from the
 * start: twice as fast as setting member by member, and faster to print.
 *
 * The generated text holds the keys as JSON strings, which are string literals of JavaScript too, and nothing else from
 * the script. `__proto__` must not be among them: in a literal it is not a member.
 *
 * @returns undefined where the host forbids generated code, or there is too much of it
 */
export function generateBuilder(keys: readonly string[], values: readonly Evaluate[]): Evaluate | undefined {
  if (keys.length > MEMBERS_MAX) return undefined;
  const names = keys.map((_, index) => `v${index}`);
  const members = keys.map((key, index) => `${JSON.stringify(key)}: v${index}(run, scope)`);
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const factory = new Function(...names, `return (run, scope) => ({ ${members.join(', ')} });`);
    const builder: unknown = Reflect.apply(factory, undefined, values);
    return isEvaluate(builder) ? builder : undefined;
  } catch {
    return undefined;
  }
}

/** What the generated text returns is a function of a run and a scope: it says so itself. */
function isEvaluate(builder: unknown): builder is Evaluate {
  return typeof builder === 'function';
}
