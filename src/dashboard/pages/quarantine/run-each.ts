// One thing done to many, one after the other, so that a refusal of one keeps nobody from the others. Pure.

/** How far it is. */
export interface Progress {
  total: number;
  done: number;
  /** Those that were refused, with what was said about them. */
  refused: readonly { id: string; error: unknown }[];
  isOver: boolean;
}

/** Does `act` for each, in order, and says after each how far it is. `isStopped` is asked before each. */
export async function runEach(
  ids: readonly string[],
  act: (id: string) => Promise<unknown>,
  tell: (progress: Progress) => void,
  isStopped: () => boolean,
): Promise<void> {
  const refused: { id: string; error: unknown }[] = [];
  let done = 0;
  const say = (isOver: boolean) => tell({ total: ids.length, done, refused: [...refused], isOver });
  say(false);
  for (const id of ids) {
    if (isStopped()) break;
    try {
      await act(id);
    } catch (error) {
      refused.push({ id, error });
    }
    done += 1;
    say(false);
  }
  say(true);
}
