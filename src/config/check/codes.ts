/** What a code of a finding means: the reference that the README prints. */
export interface FindingCode {
  readonly code: string;
  readonly summary: string;
}

const of = (codes: Readonly<Record<string, string>>): FindingCode[] =>
  Object.entries(codes).map(([code, summary]) => ({ code, summary }));

/** Every code that `check` and the loading of configs and scripts use. Codes are stable. */
export const FINDING_CODES: readonly FindingCode[] = of({
  // Files
  'file-not-found': 'a file that is referred to is not there',
  'file-unreadable': 'a file cannot be read: a folder, no permission, a failing disk',
  'file-too-large': 'a config or script file is larger than 16 MiB',
  'not-utf8': 'a file is not UTF-8 text',
  'syntax-error': 'a file is not valid YAML or JSON',
  'repeated-key': 'an object has the same key twice (a warning in script files: the last one counts)',
  'several-documents': 'a YAML config has more than one document',
  'not-json': 'a value that JSON cannot hold: .nan, a list as a key, a function',
  'too-deep': 'values are nested too deep',
  'too-large': 'a JavaScript config has too many values',
  'too-many-aliases': 'YAML aliases of aliases grow beyond bounds',
  cycle: 'something contains itself: a YAML alias, scripts that name each other, an output in a watched folder',
  'script-failed': 'a JavaScript or TypeScript config could not be run',
  'foreign-config': 'a config that was found belongs to somebody else, or everybody may change it',
  'program-config': 'a config that was found is a program, and this command runs none that is not named',
  // Settings
  'empty-config': 'the config says nothing',
  'unknown-key': 'a section has no such key',
  'missing-key': 'a key that is needed is not there',
  'invalid-value': 'a value has the wrong type, range, unit or form',
  'unset-variable': 'an environment variable is not set and has no default (an error only when its section is used)',
  'weak-token': 'a token is too short for an address that other machines reach',
  'secret-in-clear': 'a secret stands in the config itself',
  // References
  'unknown-script': 'no script has this name',
  'unknown-pipeline': 'no pipeline has this name',
  'unknown-provider': 'no AI provider has this name',
  'unused-script': 'no pipeline uses this script',
  'invalid-schema': 'the schema of an AI stage is no JSON Schema',
  'repeated-name': 'two AI stages of a pipeline have the same name',
  'shared-output-file': 'two outputs write one file',
  'own-file': 'an output is the config, a script, or a file of state_dir or of the log',
  'unreached-output': 'no event can have a routing key that this output takes',
  'unpriced-model': 'there is a budget, and no price is known for a model',
  // Scripts
  'missing-field':
    'a script reads what cannot be in the data that reaches it (a warning in a branch, or from a sample)',
  'unknown-operator': 'no operator has this name in the dialect of the script',
  'not-portable': 'the reference engine has no such operator (checked with computo: { portable: true })',
  'wrong-arity': 'an operator gets too few or too many arguments',
  'wrong-kind': 'an argument is of a type that the operator never accepts',
  'dialect-conflict': 'a script mixes the classic and the current dialect',
  'undefined-variable': 'a variable is bound nowhere around',
  'unknown-variable': 'nothing in the script binds this variable',
  'unused-binding': 'a variable is never used',
  'duplicate-binding': 'a variable is bound twice by the same let',
  'let-bindings': 'the bindings of a let have the wrong form',
  'malformed-pointer': 'a JSON Pointer has the wrong form',
  'no-lambda': 'an operator needs a lambda and gets something else',
  'lambda-arity': 'a lambda has the wrong number of parameters',
  'lambda-parameters': 'the parameters of a lambda have the wrong form',
  'unreachable-branch': 'a condition is constant, so that a branch is never taken',
  'division-by-zero': 'a division by the literal zero',
  fraction: 'an operator for integers gets a fraction',
  'duplicate-key': 'an obj gives a key twice',
  'obj-pair': 'an argument of a classic obj is no pair of key and value',
  'array-object': 'an object with the one key array holds no list',
  'literal-array': 'classic has no literal arrays: write {"array": […]}',
  'empty-array': 'an operator that needs an element gets an empty list',
  'sort-option': 'sort does not know this option',
  'unique-sorted-option': 'uniqueSorted does not know this option',
  'negative-tolerance': 'approx needs a tolerance that is not negative',
  'chunk-size': 'chunk needs a positive size',
  'compact-option': 'value.compact takes only the option "deep"',
  'limit-exceeded': 'a constant part of a script goes beyond a limit',
  'too-many-problems': 'a script has so many problems that not all are listed',
});
