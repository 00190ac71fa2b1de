import type { Hint } from '../hint.js';
import type { Lambda, Node, Report } from '../syntax/index.js';

/** Reports lambdas that would be the result of a script that must yield data, because nothing calls them. */
export function refuseLambdaResults(root: Node, report: Report): void {
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'let') pending.push(node.body);
    if (node.type === 'if') pending.push(node.else, node.then);
    if (node.type !== 'lambda') continue;
    report({
      code: 'lambda-result',
      place: node.place,
      message: 'the result of the script is a lambda, which nothing calls',
      hint: withoutParameters(node),
    });
  }
}

function withoutParameters({ parameters: [first, second] }: Lambda): Hint {
  const start = 'A script is an expression over the event';
  if (second !== undefined) {
    return (form) =>
      `${start}; in the step of a fold the state is ${form === 'text' ? '$inputs/2' : '["$inputs", "/2"]'}.`;
  }
  return (form) =>
    form === 'text'
      ? `${start}: /level == "error", and not ${first ?? '()'} => ${first ?? ''}/level == "error".`
      : `${start}: ["==", ["$input", "/level"], "error"].`;
}
