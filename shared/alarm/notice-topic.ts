import type { Notice } from './notice-text.ts';

/** Where notices go. */
export interface NoticeTopic {
  /** Sends one; again sends it again. @throws the client's error when it was not taken */
  publish(notice: Notice): Promise<void>;
}
