import { GrowingTexts, type Assembly } from './assembly.js';
import { at, listAt, memberOf, partsText, textAt } from './read-json.js';

/** Members of chunks that the answer has, too; the last one counts. */
const KEPT = ['id', 'model', 'service_tier', 'usage'] as const;

/** Texts in a delta that grow piece by piece. */
const TEXTS = ['refusal', 'reasoning_content', 'reasoning'] as const;

/** Assembles the chunks of a chat completion; their first choice is the answer. The usage is in the last chunk that has one. */
export function chatAssembly(): Assembly {
  const texts = new GrowingTexts();
  const calls: { readonly id: unknown; readonly type: unknown; name: string }[] = [];
  const logprobs: unknown[] = [];
  const known: Record<string, unknown> = {};
  let choice: Record<string, unknown> | undefined;
  let finished = false;

  const addCalls = (deltas: readonly unknown[]): void => {
    for (const [i, delta] of deltas.entries()) {
      const index = Number(at(delta, 'index') ?? i);
      // A call starts where the previous one has ended, so that a hostile index allocates nothing.
      if (!Number.isInteger(index) || index < 0 || index > calls.length) continue;
      const call = (calls[index] ??= { id: at(delta, 'id'), type: at(delta, 'type') ?? 'function', name: '' });
      const name = textAt(delta, 'function', 'name');
      if (call.name === '' && name !== undefined) call.name = name;
      texts.add(`arguments ${index}`, at(delta, 'function', 'arguments'));
    }
  };

  return {
    add(chunk) {
      for (const name of KEPT) {
        const value = memberOf(chunk, name) ?? undefined;
        if (value !== undefined) known[name] = value;
      }
      const first = listAt(chunk, 'choices').find((each) => (memberOf(each, 'index') ?? 0) === 0);
      if (first === undefined) return;
      choice ??= {};
      // Some servers send the whole message anyway.
      const delta = memberOf(first, 'delta') ?? memberOf(first, 'message');
      const content = memberOf(delta, 'content');
      texts.add('content', Array.isArray(content) ? partsText(content) : content);
      for (const name of TEXTS) texts.add(name, memberOf(delta, name));
      addCalls(listAt(delta, 'tool_calls'));
      for (const logprob of listAt(first, 'logprobs', 'content')) logprobs.push(logprob);
      const reason = memberOf(first, 'finish_reason') ?? undefined;
      if (reason !== undefined) {
        finished = true;
        choice['finish_reason'] = reason;
      }
      const error = memberOf(first, 'error') ?? undefined;
      if (error !== undefined) choice['error'] = error;
    },
    get characters() {
      return texts.characters;
    },
    // The end mark is not JSON.
    get end() {
      return finished ? 'finished' : 'open';
    },
    body() {
      const message = {
        role: 'assistant',
        content: texts.get('content') ?? null,
        ...Object.fromEntries(
          TEXTS.flatMap((name) => (texts.get(name) === undefined ? [] : [[name, texts.get(name)]])),
        ),
        ...(calls.length > 0 && {
          tool_calls: calls.map(({ id, type, name }, i) => ({
            ...(id !== undefined && { id }),
            type,
            function: { name, arguments: texts.get(`arguments ${i}`) ?? '' },
          })),
        }),
      };
      const whole = { index: 0, finish_reason: null, ...choice, message };
      return {
        object: 'chat.completion',
        ...known,
        choices:
          choice === undefined ? [] : [logprobs.length === 0 ? whole : { ...whole, logprobs: { content: logprobs } }],
      };
    },
  };
}
