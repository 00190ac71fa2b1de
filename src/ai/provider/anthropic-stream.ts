import { GrowingTexts, type Assembly } from './assembly.js';
import { at, isObject, parsed, textAt } from './read-json.js';

/** The text of a block that a delta continues. */
const TEXT_OF: Readonly<Record<string, string>> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'signature',
  input_json_delta: 'partial_json',
};

/** Assembles the events of a message. The counts of `message_delta` are totals, so the last ones apply. */
export function messageAssembly(): Assembly {
  const texts = new GrowingTexts();
  const blocks: Record<string, unknown>[] = [];
  let message: Record<string, unknown> = {};
  let usage: Record<string, unknown> = {};
  /** The first event's usage is only that of the request. */
  let hasUsage = false;
  let end: Assembly['end'] = 'open';

  const addUsage = (counts: unknown): void => {
    if (!isObject(counts)) return;
    const given = Object.entries(counts as object).filter(([, count]) => count !== null);
    usage = { ...usage, ...Object.fromEntries(given) };
  };

  const wholeBlock = (block: Record<string, unknown>, i: number): unknown => {
    const grown = Object.values(TEXT_OF).flatMap((name) => {
      const text = texts.get(`${name} ${i}`);
      if (text === undefined) return [];
      // A call that is truncated within its arguments has their text instead.
      return [name === 'partial_json' ? ['input', parsed(text) ?? text] : [name, text]];
    });
    return { ...block, ...Object.fromEntries(grown) };
  };

  return {
    add(event) {
      const index = Number(at(event, 'index') ?? Number.NaN);
      switch (textAt(event, 'type')) {
        case 'message_start': {
          const start = at(event, 'message');
          if (isObject(start)) message = { ...(start as object) };
          addUsage(at(start, 'usage'));
          return;
        }
        case 'content_block_start': {
          const block = at(event, 'content_block');
          // A block starts where the previous one has ended, so that a hostile index allocates nothing.
          if (index !== blocks.length || !isObject(block)) return;
          blocks.push({ ...(block as object) });
          for (const name of ['text', 'thinking']) texts.add(`${name} ${index}`, at(block, name));
          return;
        }
        case 'content_block_delta': {
          const name = TEXT_OF[textAt(event, 'delta', 'type') ?? ''];
          if (name !== undefined && index < blocks.length) texts.add(`${name} ${index}`, at(event, 'delta', name));
          return;
        }
        case 'message_delta': {
          const delta = at(event, 'delta');
          if (isObject(delta)) message = { ...message, ...(delta as object) };
          addUsage(at(event, 'usage'));
          hasUsage ||= at(event, 'usage', 'output_tokens') !== undefined;
          end = 'finished';
          return;
        }
        case 'message_stop':
          end = 'ended';
      }
    },
    get characters() {
      return texts.characters;
    },
    get end() {
      return end;
    },
    body: () => ({ ...message, content: blocks.map(wholeBlock), usage: hasUsage ? usage : null }),
  };
}
