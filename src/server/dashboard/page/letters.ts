import type { RetryReport, LetterView } from '../letters.js';
import { at, make, say } from './elements.js';
import { count } from './words.js';

let shownFor = -1;

/** Refreshes the newest dead letters when there are new ones. @param total dead letters so far */
export async function showLetters(total: number, role: string): Promise<void> {
  at('redrive').hidden = role !== 'admin';
  if (total === shownFor) return;
  shownFor = total;
  const answer = await fetch('dead-letters');
  if (!answer.ok) return;
  const { letters } = (await answer.json()) as { readonly letters: readonly LetterView[] };
  const items = letters.map(letterPart);
  at('letter-list').replaceChildren(...(items.length === 0 ? [make('li', { class: 'empty', text: 'None.' })] : items));
}

function letterPart({
  pipeline,
  id,
  timestamp,
  retry_count: retries,
  kind,
  message,
  stage,
  at: place,
  excerpt,
}: LetterView): HTMLElement {
  const where = [pipeline, ...(stage === null ? [] : [stage]), ...(place === null ? [] : [place])].join(' › ');
  const when = timestamp === null ? '' : new Date(timestamp).toLocaleString();
  const again = retries === 0 ? '' : ` · re-driven ${retries}×`;
  return make(
    'li',
    {},
    make('span', { class: 'kind', text: kind }),
    make('span', { class: 'faint', text: `  ${where} · ${when}${again}` }),
    make('p', { text: message }),
    make('code', { text: id === null ? excerpt : `${id}  ${excerpt}` }),
  );
}

/** Makes the button retry the dead letters. */
export function prepareRetry(): void {
  const button = at('redrive') as HTMLButtonElement;
  button.addEventListener('click', () => {
    if (!confirm('Send all dead letters that were not retried yet through their pipelines again?')) return;
    button.disabled = true;
    say('redriven', 'Re-driving…');
    void redrive()
      .then((words) => say('redriven', words))
      .finally(() => (button.disabled = false));
  });
}

/** Shows the progress of a retry, whoever requested it. @param driven since the daemon started */
export function showRetry(bytesLeft: number, driven: number): void {
  if (bytesLeft > 0)
    say('redriven', `Retrying: ${count(driven)} so far, ${count(Math.ceil(bytesLeft / 1000))} kB left.`);
}

async function redrive(): Promise<string> {
  try {
    const answer = await fetch('dead-letters/redrive', { method: 'POST' });
    const body = (await answer.json()) as RetryReport & { readonly message?: string };
    if (!answer.ok) return body.message ?? `The daemon answers ${answer.status}.`;
    shownFor = -1;
    const failed = body.dead_lettered === 0 ? '' : `, ${count(body.dead_lettered)} failed again`;
    const left = body.left === 0 ? '' : `, ${count(body.left)} can't be retried`;
    const before = body.driven_before === 0 ? '' : `, ${count(body.driven_before)} skipped, retried before`;
    const stopped = body.stopped === undefined ? '' : ` Stopped: ${body.stopped}`;
    return `${count(body.input)} retried${failed}${left}${before}.${stopped}`;
  } catch {
    return 'The daemon does not answer.';
  }
}
