let action: (() => void) | undefined;
let isListening = false;
let isWaiting = false;

/** Listens for SIGHUP, which would end the process otherwise. One that comes before {@link onHangUp} is kept for it. */
export function listenForHangUps(): void {
  if (isListening) return;
  isListening = true;
  process.on('SIGHUP', () => {
    if (action === undefined) isWaiting = true;
    else action();
  });
}

/** Does something at each SIGHUP, and at once when one came before. */
export function onHangUp(next: () => void): void {
  listenForHangUps();
  action = next;
  if (!isWaiting) return;
  isWaiting = false;
  next();
}
