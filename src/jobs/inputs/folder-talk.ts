import type { FolderTalk } from '../../server/index.js';
import type { Talk } from '../talk.js';
import { reasonOf } from '../reason-of.js';

/** Remembers whether a folder can be read. */
export interface FolderState {
  readonly failed: (reason: string) => void;
  readonly back: () => void;
}

/** Writes reports about reading a folder to the daemon's log. */
export function folderTalk(folder: string, talk: Talk, state: FolderState): FolderTalk {
  return {
    stored: (file, events) => talk.info('a file is stored', { file, events }),
    failed: (file, error) => talk.error('a file could not be read', { file, error: reasonOf(error) }),
    rewritten: (file) => talk.info('a file was cut or rewritten, and is read from its start', { file }),
    again: (file, earlier) =>
      talk.info('a file has the content of one that was stored, and is read on where that was left', { file, earlier }),
    unfinished: (file, line, isEvent) =>
      talk.warn(
        isEvent
          ? 'a last line without a newline has waited long enough, and is stored'
          : 'a last line without a newline has waited long enough: it is not an event, and stored as a broken line',
        { file, line },
      ),
    continued: (file, as) =>
      talk.warn(
        as === 'whole'
          ? 'a line that was stored as a broken one has gone on, and is stored again, whole'
          : 'a line that was stored without its newline has gone on: the rest is stored as a line of its own',
        { file },
      ),
    goneUnread: (file) => talk.warn('a file is gone that had something in it that was not read yet', { file }),
    leftAlone: (file, reason) => talk.info('left alone in a watched folder', { file, reason }),
    folderFailed(error) {
      const reason = reasonOf(error);
      state.failed(reason);
      talk.error('a watched folder cannot be read, and is tried again', { folder, error: reason });
    },
    folderBack() {
      state.back();
      talk.info('a watched folder can be read again', { folder });
    },
    notesDamaged: (path, lines) =>
      talk.error('what was noted of the files of a watched folder is damaged: some may be stored again', {
        path,
        lines,
      }),
  };
}
