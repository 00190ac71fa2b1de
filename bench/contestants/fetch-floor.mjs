// The floor of AI calls: each row of INPUT is posted to URL, IN-FLIGHT at a time, and nothing is remembered.
// Usage: fetch-floor.mjs URL KEY IN-FLIGHT INPUT > OUTPUT
import { readFileSync } from 'node:fs';

const [, , url, key, inFlight, input] = process.argv;
const rows = readFileSync(input, 'utf8').trimEnd().split('\n');
const answers = new Array(rows.length);
const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
let next = 0;
const work = async () => {
  while (next < rows.length) {
    const row = next++;
    const { question } = JSON.parse(rows[row]);
    const body = JSON.stringify({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: question }],
      max_completion_tokens: 60,
    });
    const response = await fetch(`${url}/chat/completions`, { method: 'POST', headers, body });
    answers[row] = (await response.json()).choices[0].message.content;
  }
};
await Promise.all(Array.from({ length: Number(inFlight) }, work));
process.stdout.write(answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
