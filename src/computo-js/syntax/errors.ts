import { arityText, type Arity, type Parameter, type Signature } from './signature.js';

/** Returns the errors that follow from an operator's signature, as worded in the reference. */
export function errorsOf({ parameters, ...arity }: Signature, isMeasured: boolean): readonly string[] {
  return [
    ...countErrors(arity),
    ...new Set(parameters.flatMap((parameter) => errorOf(parameter) ?? [])),
    ...(isMeasured ? ['LimitExceeded: its work or what it makes goes beyond the limits of a run'] : []),
  ];
}

function countErrors({ min, max }: Arity): string[] {
  if (max !== null) return [`InvalidArgument: other than ${arityText({ min, max })}`];
  return min === 0 ? [] : [`InvalidArgument: fewer than ${min} argument${min === 1 ? '' : 's'}`];
}

function errorOf({ name, role, kind, arguments: count = 1 }: Parameter): string | undefined {
  if (role === 'lambda')
    return `InvalidArgument: ${name} is not a lambda, or one of other than ${count} parameter${count === 1 ? '' : 's'}`;
  return kind && `InvalidArgument: ${name} is not ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}
