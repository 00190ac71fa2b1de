import type { RetryPreview, RetryReport } from '../letters.js';
import { at, make, say } from './elements.js';
import { forgetShown } from './letters.js';
import { count } from './words.js';

const GONE = 'The daemon does not answer.';

/** Makes the button say what a retry would do, and retry the dead letters when that is wanted. */
export function prepareRetry(): void {
  const dialog = at('retry-dialog') as HTMLDialogElement;
  let isBusy = false;
  /** The button is not disabled meanwhile: the focus goes back to it when the dialog is closed. */
  const alone = (words: string, work: () => Promise<void>): void => {
    if (isBusy) return;
    isBusy = true;
    say('retried', words);
    void work().finally(() => (isBusy = false));
  };
  at('retry').addEventListener('click', () =>
    alone('Counting the dead letters…', async () => {
      const preview = await ask<RetryPreview>('GET');
      say('retried', typeof preview === 'string' ? preview : '');
      if (typeof preview !== 'string') show(preview, dialog);
    }),
  );
  at('retry-no').addEventListener('click', () => dialog.close());
  at('retry-yes').addEventListener('click', () => {
    dialog.close();
    alone('Retrying…', async () => {
      const report = await ask<RetryReport>('POST');
      say('retried', typeof report === 'string' ? report : wordsOf(report));
      forgetShown();
    });
  });
}

/** Shows the progress of a retry, whoever requested it. @param driven since the daemon started */
export function showRetry(bytesLeft: number, driven: number): void {
  if (bytesLeft > 0)
    say('retried', `Retrying: ${count(driven)} so far, ${count(Math.ceil(bytesLeft / 1000))} kB left.`);
}

function show({ pipelines, left, driven_before: before, more }: RetryPreview, dialog: HTMLDialogElement): void {
  const accepted = pipelines.filter(({ refused }) => refused === undefined);
  const letters = accepted.reduce((sum, one) => sum + one.letters, 0);
  const lines = pipelines.map(({ pipeline, letters: own, outputs, asks_ai: asksAi, refused }) => {
    if (refused !== undefined) return `Not now, ${lettersOf(own)}: ${refused}.`;
    const ai = asksAi ? ' AI providers are asked where the journal has no answer: that may cost money.' : '';
    return `Through ${pipeline} again, ${lettersOf(own)}: results are added to ${outputs.join(', ')}.${ai}`;
  });
  if (more) lines.push('There are more: they were not counted, and are retried, too.');
  if (before > 0) lines.push(`Skipped, because retried before: ${lettersOf(before)}.`);
  if (left > 0)
    lines.push(`Impossible, ${lettersOf(left)}: they hold no event, or name a pipeline that the config does not have.`);
  if (letters > 0) lines.push('What fails again becomes a new dead letter.');
  say('retry-title', letters === 0 ? 'There is nothing to retry' : 'Retry dead letters?');
  at('retry-what').replaceChildren(...lines.map((text) => make('li', { text })));
  const yes = at('retry-yes');
  yes.hidden = letters === 0;
  yes.textContent = `Retry ${more ? 'all' : count(letters)}`;
  at('retry-no').textContent = letters === 0 ? 'Close' : 'Cancel';
  dialog.showModal();
}

function lettersOf(letters: number): string {
  return letters === 1 ? '1 letter' : `${count(letters)} letters`;
}

/** @returns why it was refused, where it was */
async function ask<Answer>(method: 'GET' | 'POST'): Promise<Answer | string> {
  try {
    const answer = await fetch('dead-letters/redrive', { method });
    if (answer.ok) return (await answer.json()) as Answer;
    const { message } = (await answer.json()) as { readonly message?: string };
    return message ?? `The daemon answers ${answer.status}.`;
  } catch {
    return GONE;
  }
}

function wordsOf({ input, dead_lettered: again, left, driven_before: before, stopped }: RetryReport): string {
  const parts = [
    `${count(input)} retried`,
    ...(again === 0 ? [] : [`${count(again)} failed again`]),
    ...(left === 0 ? [] : [`${count(left)} can't be retried`]),
    ...(before === 0 ? [] : [`${count(before)} skipped, retried before`]),
  ];
  return `${parts.join(', ')}.${stopped === undefined ? '' : ` Stopped: ${stopped}`}`;
}
