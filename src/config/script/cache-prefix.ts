import type { Json } from 'computo-js';
import { requestMembers } from './request-members.js';

/** The part that the requests of a stage have in common for all events, which a provider may keep in a cache. */
export interface CachePrefix {
  /** The number of whole messages. */
  readonly messages: number;
  /** The number of whole parts of the next message. A text is one part. */
  readonly parts: number;
  /** The beginning of the next part's text. */
  readonly text: string;
}

/** A part of a message as far as it is written literally: the text that it begins with, and whether that is all. */
interface WrittenPart {
  readonly text: string;
  readonly isWhole: boolean;
}

/**
 * Returns the part that the requests of a stage have in common, as far as it is written literally: `system`, `messages` and
 * `prompt`, in this order, up to the first placeholder or the first call in a script. Empty for a script that doesn't write its
 * request as an object.
 *
 * @param request a script, or a template, in which texts have placeholders and a list is not a call
 */
export function cachePrefix(request: Json, isTemplate: boolean): CachePrefix {
  const members = new Map(requestMembers(request).map(({ key, value }) => [key, value]));
  const before = { ...NOTHING };
  for (const parts of messagesIn(members, isTemplate)) {
    const count = parts?.findIndex(({ isWhole }) => !isWhole) ?? 0;
    if (parts === undefined || count !== -1) return { ...before, parts: count, text: parts?.[count]?.text ?? '' };
    before.messages += 1;
  }
  return before;
}

const NOTHING = { messages: 0, parts: 0, text: '' };

/** Returns the parts of each message; undefined if they aren't written literally. */
function messagesIn(
  members: ReadonlyMap<string, Json>,
  isTemplate: boolean,
): readonly (readonly WrittenPart[] | undefined)[] {
  const partsOf = (content: Json): readonly WrittenPart[] | undefined => partsIn(content, isTemplate);
  const [system = null, messages = null, prompt = null] = ['system', 'messages', 'prompt'].map((key) =>
    members.get(key),
  );
  const listed = messages === null ? [] : (itemsOf(messages, isTemplate) ?? [undefined]);
  return [
    ...(system === null ? [] : [partsOf(system)]),
    ...listed.map((message) => (message === undefined ? undefined : partsOfMessage(message, isTemplate))),
    ...(prompt === null ? [] : [partsOf(prompt)]),
  ];
}

function partsOfMessage(message: Json, isTemplate: boolean): readonly WrittenPart[] | undefined {
  const members = requestMembers(message);
  // A message with another member that depends on the event does not belong to the common part.
  const others = members.filter(({ key }) => key !== 'content');
  const content = members.find(({ key }) => key === 'content')?.value;
  if (content === undefined || !others.every(({ value }) => isConstant(value, isTemplate))) return undefined;
  return partsIn(content, isTemplate);
}

function partsIn(content: Json, isTemplate: boolean): readonly WrittenPart[] | undefined {
  const items = itemsOf(content, isTemplate);
  if (items === undefined) return [textIn(content, isTemplate)];
  return items.map((item) => {
    if (isConstant(item, isTemplate)) return { text: '', isWhole: true };
    const members = new Map(requestMembers(item).map(({ key, value }) => [key, value]));
    const text = members.get('text');
    return text === undefined ? { text: '', isWhole: false } : textIn(text, isTemplate);
  });
}

/** Returns the elements of a list; undefined if it is not one. In a script, a list that begins with a text is a call. */
function itemsOf(list: Json, isTemplate: boolean): readonly Json[] | undefined {
  if (Array.isArray(list)) return isTemplate || typeof list[0] !== 'string' ? (list as readonly Json[]) : undefined;
  if (isTemplate || typeof list !== 'object' || list === null) return undefined;
  const { array } = list as { readonly array?: Json };
  return Array.isArray(array) ? (array as readonly Json[]) : undefined;
}

function textIn(text: Json, isTemplate: boolean): WrittenPart {
  if (typeof text === 'string') {
    const at = isTemplate ? text.indexOf('${') : -1;
    return at === -1 ? { text, isWhole: true } : { text: text.slice(0, at), isWhole: false };
  }
  const [head, first] = !isTemplate && Array.isArray(text) ? (text as readonly Json[]) : [];
  if (head !== 'strConcat' || first === undefined) return { text: '', isWhole: false };
  return { ...textIn(first, isTemplate), isWhole: false };
}

function isConstant(value: Json, isTemplate: boolean): boolean {
  if (typeof value === 'string') return !isTemplate || !value.includes('${');
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) {
    return (isTemplate || typeof value[0] !== 'string') && value.every((one: Json) => isConstant(one, isTemplate));
  }
  return Object.values(value).every((one) => isConstant(one as Json, isTemplate));
}

/** Whether the requests have nothing in common. */
export function isEmptyPrefix({ messages, parts, text }: CachePrefix): boolean {
  return messages === 0 && parts === 0 && text.trim() === '';
}
