import type { Json, JsonObject } from 'computo-js';
import { isMap, objectAt, plain, Problem, show, textAt } from './problem.js';
import type { Tool, ToolChoice } from './request.js';

const CHOICES = ['auto', 'none', 'required'] as const;

/** The tools of a request, each in OpenAI's format or as `{name, description?, parameters?}`. */
export function toolsOf(object: JsonObject): { readonly tools?: readonly Tool[]; readonly tool_choice?: ToolChoice } {
  const tools = listOf(object['tools']);
  const choice = choiceOf(object['tool_choice']);
  if (choice !== undefined && tools === undefined) throw new Problem('/tool_choice: there are no tools to choose from');
  if (typeof choice === 'object' && tools?.every(({ name }) => name !== choice.name) === true) {
    throw new Problem(`/tool_choice: no tool is named ${JSON.stringify(choice.name)}`);
  }
  return { ...(tools && { tools }), ...(choice !== undefined && { tool_choice: choice }) };
}

/**
 * What is wrong with tools, or a choice among them, as a config writes them.
 *
 * @param mayHaveOthers each is judged by itself: the other may come from elsewhere
 * @returns with a JSON Pointer to the place; undefined: nothing
 */
export function toolProblem(
  { tools, tool_choice: choice }: JsonObject,
  mayHaveOthers: boolean,
): { readonly pointer: string; readonly message: string } | undefined {
  try {
    listOf(tools);
    choiceOf(choice);
    if (!mayHaveOthers) toolsOf({ tools: tools ?? null, tool_choice: choice ?? null });
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const end = error.message.indexOf(': ');
    return { pointer: error.message.slice(0, end), message: error.message.slice(end + 2) };
  }
}

function listOf(value: Json | undefined): readonly Tool[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw new Problem(`/tools: expected a list of functions, found ${show(value)}`);
  const tools = value.map((tool: Json, i) => toolAt(tool, `/tools/${i}`));
  return tools.length === 0 ? undefined : tools;
}

function toolAt(value: Json, place: string): Tool {
  const outer = objectAt(value, place);
  const inner = outer['function'];
  const tool = isMap(inner) ? inner : outer;
  const name = textAt(tool, 'name', place);
  if (name === undefined) throw new Problem(`${place}: expected a function {"name": …, "parameters": …}`);
  const description = textAt(tool, 'description', place);
  const { parameters = null } = tool;
  return {
    name,
    ...(description !== undefined && { description }),
    parameters:
      parameters === null ? { type: 'object', properties: {} } : plain(objectAt(parameters, `${place}/parameters`)),
  };
}

function choiceOf(value: Json | undefined): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined;
  const known = CHOICES.find((one) => one === value);
  if (known !== undefined) return known;
  const named = isMap(value) && isMap(value['function']) ? value['function'] : value;
  const name = isMap(named) ? textAt(named, 'name', '/tool_choice') : undefined;
  if (name === undefined) {
    throw new Problem(`/tool_choice: expected ${CHOICES.join(', ')} or {"name": …}, found ${show(value)}`);
  }
  return { name };
}
