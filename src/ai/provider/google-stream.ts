import { GrowingTexts, type Assembly } from './assembly.js';
import { at, isObject, listAt } from './read-json.js';

/** The most parts of an answer that are kept, other than text. */
const PARTS_MAX = 1000;

/** Assembles whole responses, each with more parts of the first candidate; the last one has the finish and the right counts. */
export function contentAssembly(): Assembly {
  const texts = new GrowingTexts();
  /** Text parts by their names in `GrowingTexts`; other parts as they arrived. */
  const parts: ({ readonly text: string; readonly thought: boolean } | { readonly other: unknown })[] = [];
  let known: Record<string, unknown> = {};
  let candidate: Record<string, unknown> | undefined;
  let finished = false;

  const addPart = (part: unknown): void => {
    const text = at(part, 'text');
    if (typeof text !== 'string') {
      if (parts.length < PARTS_MAX) parts.push({ other: part });
      return;
    }
    const thought = at(part, 'thought') === true;
    const last = parts.at(-1);
    const goesOn = last !== undefined && 'text' in last && last.thought === thought;
    const name = goesOn ? last.text : `text ${parts.length}`;
    if (!goesOn) parts.push({ text: name, thought });
    texts.add(name, text);
  };

  return {
    add(response) {
      for (const name of ['responseId', 'modelVersion', 'usageMetadata', 'promptFeedback'] as const) {
        const value = at(response, name) ?? undefined;
        if (value !== undefined) known = { ...known, [name]: value };
      }
      if (at(response, 'promptFeedback', 'blockReason') !== undefined) finished = true;
      const first = listAt(response, 'candidates').find((each) => (at(each, 'index') ?? 0) === 0);
      if (!isObject(first)) return;
      candidate = { ...candidate, ...(first as object) };
      for (const part of listAt(first, 'content', 'parts')) addPart(part);
      if ((at(first, 'finishReason') ?? undefined) !== undefined) finished = true;
    },
    get characters() {
      return texts.characters;
    },
    // There is no end event: the stream ends with the answer.
    get end() {
      return finished ? 'finished' : 'open';
    },
    body() {
      const whole = parts.map((part) =>
        'other' in part ? part.other : { text: texts.get(part.text) ?? '', ...(part.thought && { thought: true }) },
      );
      const content = { role: 'model', parts: whole };
      return { ...known, ...(candidate !== undefined && { candidates: [{ ...candidate, content }] }) };
    },
  };
}
