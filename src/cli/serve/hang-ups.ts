let action: (() => void) | undefined;
let isListening = false;
let isWaiting = false;

/** Listens for SIGHUP, which would otherwise end the process. A signal that arrives before {@link onHangUp} is kept for it. */
export function listenForHangUps(): void {
  if (isListening) return;
  isListening = true;
  process.on('SIGHUP', () => {
    if (action === undefined) isWaiting = true;
    else action();
  });
}

/** Calls a function at each SIGHUP, and at once if one arrived before. */
export function onHangUp(next: () => void): void {
  listenForHangUps();
  action = next;
  if (!isWaiting) return;
  isWaiting = false;
  next();
}
