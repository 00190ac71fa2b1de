import { check, compile, ComputoError, operators, parseText, TextFormError, type Json } from 'computo-js';
import { describe, expect, it } from 'vitest';

function said(text: string): string[] {
  const { script } = parseText(text);
  return check(script, { dialect: 'current', form: 'text' }).map(
    ({ code, path, hint }) => `${code} ${path}: ${hint ?? ''}`,
  );
}

function saidOfJson(script: Json): string[] {
  return check(script).map(({ code, path, hint }) => `${code} ${path}: ${hint ?? ''}`);
}

describe('quoted calls', () => {
  it('are found in objects and lists, however deep, at their place', () => {
    expect(saidOfJson({ a: { b: [1, ['$input', '/id']] } })).toEqual([
      'quoted-call /a/b/1: Write ["obj", "b", ["$input", "/id"]], or as text {b: /id}.',
    ]);
    expect(saidOfJson({ array: [['+', ['$input', '/a'], 1]] })[0]).toMatch(/^quoted-call \/array\/0: /);
    expect(said('{a: [["$", "/x"]]}')).toEqual(['quoted-call /a/0: Write {a: x}.']);
  });

  it.each([
    { a: ['count', 'sum'] },
    { a: ['-', '+'] },
    { a: ['input', '/id'] },
    { a: ['$input', 'id'] },
    { path: 'a/b', url: 'https://a/b' },
    ['map', ['$input', '/l'], { array: [['x'], ['$', '/x/p']] }],
    ['sort', ['$input', '/l'], ['/n', 'desc']],
    ['obj', 'a', '/b'],
  ] as readonly Json[])('are not seen in %j', (script) => {
    expect(saidOfJson(script)).toEqual([]);
  });

  it('are found in data that is nested without end', () => {
    let data: Json = ['$input'];
    for (let depth = 0; depth < 100_000; depth++) data = { a: data };
    expect(check(data)[0]?.code).toBe('quoted-call');
  });
});

describe('lambdas that pay no heed to what they are given', () => {
  it('are told of', () => {
    expect(said('map(/a, x => "x.p")')).toEqual(['text-body /2/2: Write x/p, without quotes.']);
    expect(said('filter(/a, x => /p > 1)')[0]).toBe(
      'unused-parameter /2: A field of it is x/p. If it is not to be used, call it _x.',
    );
    expect(said('map(/a, x => map(/b, x => x))')).toEqual([
      'unused-parameter /2: A field of it is x/b. If it is not to be used, call it _x.',
    ]);
  });

  it.each([
    'map(/a, x => 1)',
    'map(/a, _x => /p)',
    'map(/a, _ => "n/a")',
    'reduce(/a, (n, x) => n + 1, 0)',
    'map(/a, x => map(/b, y => x/p + y))',
    'let n = 1 in map(/a, x => x + n)',
    'let f = x => y => x + y in map(/a, f)',
  ])('are not: %s', (text) => {
    expect(said(text).filter((one) => /^(?:unused-parameter|text-body)/.test(one))).toEqual([]);
  });
});

describe('a field where a lambda should be', () => {
  it('is told of, unless the lambda stands elsewhere', () => {
    expect(said('/items |> map(/sku)')).toEqual(['no-lambda /2: The field of each element is x => x/sku.']);
    expect(saidOfJson(['map', ['$input', '/items'], ['$input', '/sku']])).toEqual([
      'no-lambda /2: The field of each element is ["lambda", ["x"], ["$", "/x/sku"]].',
    ]);
    expect(said('map(x => x/sku, /items)').map((one) => one.split(' ')[0])).toEqual(['wrong-kind']);
    expect(said('let f = x => x in map(/a, f)')).toEqual([]);
  });
});

describe('what stands outside a list that should be in it', () => {
  it('is shown inside it', () => {
    expect(said('text.redact(/m, "email")')[0]).toBe('wrong-kind /2: A list of one is ["email"].');
    expect(said('sort(/a, "/n", "desc")')[0]).toBe(
      'sort-option /3: A pointer and its direction are a pair: ["/name", "desc"].',
    );
  });
});

describe('an operator that there is not', () => {
  it('is named as it is here, in the form of the script', () => {
    expect(said('length(/a)')).toEqual(['unknown-operator : Write count(array), or text.length(text).']);
    expect(saidOfJson(['tonumber', '1'])).toEqual(['unknown-operator : Write ["number.parse", text].']);
    expect(saidOfJson(['++', 'a', 'b'])).toEqual(['unknown-operator : Write ["strConcat", value, …].']);
  });

  it('is not guessed where a list of strings was meant', () => {
    const said = saidOfJson(['pick', ['$input'], ['id', 'name']]).join();
    expect(said).toContain('write a list of strings as {"array": […]}: {"array": ["id", "name"]}');
    expect(said).not.toContain('Did you mean');
    expect(saidOfJson(['fi', 'a', 'b', 'c']).join()).toMatch(/\["fi", "a", "b", "c"\] .* Did you mean 'if'\?/);
  });

  it('is looked for in the families', () => {
    expect(said('lowr(/a)')).toEqual(["unknown-operator : Did you mean 'text.lower'?"]);
    expect(said('splt(/a)')).toEqual(["unknown-operator : Did you mean 'text.split' or 'regex.split'?"]);
    expect(said('time.next(/a)')[0]).toMatch(/The family time has parse, format, /);
    expect(said('text.join(/a, ",")')[0]).toBe('unknown-operator : Write join(array, delimiter).');
    expect(said('list.length(/a)')[0]).toBe('unknown-operator : Write count(array), or text.length(text).');
    expect(said('object.keys(/a)')[0]).toBe('unknown-operator : Write keys(object).');
    expect(said('time.now()')[0]).toMatch(/The time at which the event came in is \$inputs\/1\/timestamp/);
  });

  it('keeps nothing in its arguments from being looked at', () => {
    expect(saidOfJson(['nope', ['nope', ['count']]]).map((one) => one.split(':')[0])).toEqual([
      'unknown-operator ',
      'unknown-operator /1',
      'wrong-arity /1/1',
    ]);
    expect(said('nope(x + 1, {a: nope()})').map((one) => one.split(':')[0])).toEqual([
      'unknown-operator ',
      'unknown-variable /1/1',
      'unknown-operator /2/2',
    ]);
  });

  it('has the word of no language that is no operator here', () => {
    // The table of other languages' words is kept by our names: each must be one.
    const names = new Set(operators().map(({ name }) => name));
    const meant = (word: string): string => said(`${word}(/a)`)[0] ?? '';
    for (const word of ['size', 'upcase', 'strptime', 'fold', 'sha2', 'ceiling', 'gsub', 'coalesce', 'to_entries']) {
      const [, first = ''] = /Write (?:value )?([\w.?]+)/.exec(meant(word)) ?? [];
      if (first !== '') expect(names.has(first) || first === '??', `${word}: ${first}`).toBe(true);
    }
  });
});

it.each([
  ['/level in ["a"]', 'Write: list.has([…], /level).'],
  ['/level not in ["a"]', 'Write: not list.has([…], /level).'],
  ['/msg contains "x"', 'Operators are called with parentheses: contains(/msg, "x").'],
  ['count /items', 'Operators are called with parentheses: count(/items).'],
  ['object.filter(/, v => v)', 'No path ends with a slash. The whole event is $input.'],
  ['if /a then 1', 'An if gives a value in any case: … else null.'],
  ['regex.test(/a, "\\d+")', 'A backslash is written twice: "\\\\d".'],
  ['"id \\(/id)"', 'Texts are joined with ++: "id " ++ /id.'],
])('%s is answered with what to write', (text, hint) => {
  const error = textErrorOf(() => parseText(text));
  expect(error.hint).toBe(hint);
});

describe('a variable that is not bound', () => {
  it('may be a field, of the event or of the element', () => {
    expect(said('name')).toEqual(['undefined-variable : A field of the event is /name.']);
    expect(said('map(/a, i => price)')[0]).toBe(
      'undefined-variable /2/2: Bound here: "i". A field of i is i/price, one of the event /price.',
    );
    expect(said('event/id')[0]).toContain('the event itself is $input, and /id a field of it');
  });

  it('may be bound beside it', () => {
    expect(said('let a = 1, b = a in b')).toContain(
      'undefined-variable /1/1/1: The bindings of one let do not see each other: put another one inside, let a = … in let … in ….',
    );
    expect(
      saidOfJson([
        'let',
        [
          ['a', 1],
          ['b', ['$', '/a']],
        ],
        ['$', '/b'],
      ])[0],
    ).toContain('["let", [["a", …]], ["let", …]]');
    expect(said('let a = 1, f = x => x + a in map([a], f)').join()).not.toContain('do not see each other');
  });

  it('may be the rest of a key', () => {
    expect(said('/user-id')).toEqual(['undefined-variable /2: A key with a minus in it stands in quotes: /"user-id".']);
    expect(said('/a/b-c-d')[0]).toContain('/a/"b-c-d".');
  });

  it('may be a lambda that is called', () => {
    expect(said('let f = x => x in f(/a)')[0]).toContain('car(map([x], f))');
    expect(saidOfJson(['let', [['f', ['lambda', ['x'], ['$', '/x']]]], ['f', 1]])[0]).toContain(
      '["car", ["map", [x], ["$", "/f"]]]',
    );
  });
});

describe('arguments in the wrong order', () => {
  it('are told of where a lambda stands first', () => {
    expect(said('map(x => x, /a)')).toEqual(['wrong-kind /1: Write map(array, lambda).']);
  });

  it('are fine where a lambda is a value', () => {
    expect(said('count([x => x])')).toEqual([]);
  });
});

it('texts that are added are answered with how they are joined, before a run and in it', () => {
  expect(said('"a" + /b')).toEqual([
    'wrong-kind /1: Texts are joined with ++; number.parse(…) makes a number of a text.',
  ]);
  const error = errorOf(() => compile(['+', ['$input', '/a'], 1]).run([{ a: 'x' }]));
  expect(error.explain('text')).toMatch(/Texts are joined with \+\+; number\.parse/);
  expect(error.hint).toBe('["strConcat", …] joins texts; ["number.parse", …] makes a number of a text.');
});

it.each([
  ['/n/2', { n: 5 }, 'Division has white space around it: /n / 2.'],
  ['let x = /n in x/2', { n: 5 }, 'Division has white space around it: x / 2.'],
  ['/user/name', { id: 1 }, 'A default in its place: /user/name ?? null.'],
  ['let x = $input in x/user', {}, 'A default in its place: x/user ?? null.'],
  ['value.at($input, "a b")', {}, 'A default in its place: … ?? null.'],
  ['/n > 4', { n: '5' }, 'number.parse(…) makes a number of a text'],
  ['/n * 4', { n: '5' }, 'number.parse(…) makes a number of a text.'],
  ['/ts > 1', { ts: '2024-01-01' }, 'time.parse(…) makes a time of a text.'],
  ['time.format(/t)', { t: '2024-01-01' }, 'time.parse(…) makes a time of a text.'],
  ['value.remove($input, /n)', { n: 5 }, 'A pointer stands in quotes: "/n".'],
  ['value.remove($input, /n)', { n: 'abc' }, 'A pointer stands in quotes: "/n".'],
  ['omit($input, /n)', { n: 5 }, 'Keys are a list of texts: ["n"].'],
  ['sort(/items, i => i/p)', { items: [] }, 'in quotes: "/p".'],
] as readonly (readonly [string, Json, string])[])(
  '%s, when it fails in a run, says what to write',
  (text, input, hint) => {
    const error = errorOf(() => compile(parseText(text).script, { dialect: 'current' }).run([input]));
    expect(error.explain('text')).toContain(hint);
  },
);

it.each([
  'omit($input, ["email", "user_name"])',
  'value.has($input, "user.name")',
  'value.at($input, "a.b")',
  'time.format(/t, "%Y")',
  '/tags ++ " x"',
  '/a == 1 or /b',
  '/a or true',
  '{a: 1, b: {a: 2}}',
])('nothing is said of %s', (text) => {
  expect(said(text)).toEqual([]);
});

it('a literal that was not meant so is told of in JSON as it is written there', () => {
  expect(saidOfJson(['omit', ['$input'], { array: ['id', '/email'] }])).toEqual([
    'path-as-key /2/array/1: The key is "email"; value.remove takes a path: ["value.remove", …, "/email"].',
  ]);
  expect(saidOfJson(['or', ['==', ['$input', '/a'], 'x'], 'y'])).toEqual([
    'literal-operand /2: Each side is a condition of its own: ["or", …, ["==", ["$input", "/a"], "y"]].',
  ]);
  expect(saidOfJson(['time.format', 0, 'UTC'])).toEqual([
    'malformed-format /2: The zone is the third argument: ["time.format", …, "%Y-%m-%d %H:%M", "UTC"].',
  ]);
});

function errorOf(work: () => unknown): ComputoError {
  try {
    work();
  } catch (error) {
    if (error instanceof ComputoError) return error;
    throw error;
  }
  throw new Error('nothing was raised');
}

function textErrorOf(work: () => unknown): TextFormError {
  try {
    work();
  } catch (error) {
    if (error instanceof TextFormError) return error;
    throw error;
  }
  throw new Error('nothing was raised');
}
