import { errorLine } from '../error-line.js';
import { LoadedSide, type SideCode } from './loaded-side.js';
import type { Answer, Ask } from './protocol.js';

/**
 * What the other end of a channel does with an ask: an error is an answer, too.
 *
 * @param codeOf the code of a folder.
 */
export function answering(codeOf: (root: string) => Promise<SideCode>): (ask: Ask) => Promise<Answer> {
  let side: LoadedSide | null = null;
  const answer = async (ask: Ask): Promise<Answer> => {
    if (ask.type === 'load') {
      side = await LoadedSide.load(await codeOf(ask.root), ask.setting);
      return { type: 'loaded', description: side.description };
    }
    if (side === null) throw new Error('no code is loaded');
    return side.answer(ask);
  };
  return (ask) => answer(ask).catch((error: unknown): Answer => ({ type: 'failed', reason: errorLine(error) }));
}
