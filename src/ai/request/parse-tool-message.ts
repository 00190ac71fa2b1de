import { stringify, type Json, type JsonObject } from 'computo-js';
import { parseJson } from '../../json/index.js';
import { isMap, objectAt, plain, Problem, show, textAt } from './problem.js';
import { partsOf, type Message, type MessagePart, type ToolCallPart, type ToolResultPart } from './request.js';

/**
 * The model's earlier answer, with the tool calls that it requested: each in the format of answers here, `{id, name, arguments}`,
 * or in OpenAI's. A call without an id, such as Google's, gets one by its position.
 *
 * @throws Problem
 */
export function withToolCalls(said: Message['content'], calls: Json, place: string): readonly MessagePart[] {
  if (!Array.isArray(calls) || calls.length === 0) {
    throw new Problem(`${place}/tool_calls: expected a list of at least one call, found ${show(calls)}`);
  }
  const parts: readonly MessagePart[] = typeof said === 'string' ? [{ type: 'text', text: said }] : said;
  return [
    ...parts.filter((part) => part.type !== 'text' || part.text !== ''),
    ...calls.map((call: Json, i) => toolCallAt(call, `${place}/tool_calls/${i}`, i)),
  ];
}

function toolCallAt(value: Json, place: string, index: number): ToolCallPart {
  const outer = objectAt(value, place);
  const inner = outer['function'];
  const call = isMap(inner) ? inner : outer;
  const name = textAt(call, 'name', place);
  if (name === undefined) throw new Problem(`${place}: expected a call {"id": …, "name": …, "arguments": {…}}`);
  return {
    type: 'tool_call',
    id: textAt(outer, 'id', place) ?? `call-${index + 1}`,
    name,
    arguments: argumentsAt(call['arguments'], `${place}/arguments`),
  };
}

/** OpenAI writes them as text. */
function argumentsAt(value: Json | undefined, place: string): Record<string, unknown> {
  if (value === undefined || value === null || value === '') return {};
  const read = typeof value === 'string' ? jsonIn(value) : value;
  if (!isMap(read)) throw new Problem(`${place}: expected an object, or its JSON, found ${show(value)}`);
  return plain(read);
}

function jsonIn(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/**
 * The result of the first call without one that matches the id `tool_call_id` and the tool `name`, if they are given. Its content
 * is text, or data, which is sent as JSON.
 *
 * @throws Problem
 */
export function toolResultAt(object: JsonObject, place: string, before: readonly Message[]): Message {
  const id = textAt(object, 'tool_call_id', place);
  const name = textAt(object, 'name', place);
  const open = openCalls(before);
  const call = open.find((one) => (id === undefined || one.id === id) && (name === undefined || one.name === name));
  if (call === undefined) {
    const wanted = id !== undefined ? `a tool with the id ${id}` : name !== undefined ? `the tool ${name}` : 'a tool';
    throw new Problem(`${place}: no earlier message calls ${wanted}, or it has its result`);
  }
  const { content } = object;
  if (content === undefined) throw new Problem(`${place}/content: expected the tool's result, found nothing`);
  const text = typeof content === 'string' ? content : stringify(content);
  const result: ToolResultPart = { type: 'tool_result', id: call.id, name: call.name, text };
  return { role: 'tool', content: [result] };
}

/** Rejects a conversation in which a call has no result, as providers do. @throws Problem */
export function requireResults(messages: readonly Message[]): void {
  const [open] = openCalls(messages);
  if (open === undefined) return;
  throw new Problem(
    `/messages: the call of ${open.name} with the id ${open.id} has no result: ` +
      `add {"role": "tool", "tool_call_id": ${JSON.stringify(open.id)}, "content": …}`,
  );
}

/** The calls in a conversation that have no result yet, in order. */
function openCalls(messages: readonly Message[]): readonly ToolCallPart[] {
  const open: ToolCallPart[] = [];
  for (const part of messages.flatMap(partsOf)) {
    if (part.type === 'tool_call') open.push(part);
    if (part.type === 'tool_result')
      open.splice(
        open.findIndex(({ id }) => id === part.id),
        1,
      );
  }
  return open;
}
