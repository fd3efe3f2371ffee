/**
 * Thrown to suspend a piece of work until the site polls and brings results. The work is then replayed from its last
 * commit. This is not a failure: the command log keeps the commands that wait.
 */
export class Suspended extends Error {
  override readonly name = 'Suspended'
  /** Whether the work only yields to other work, such as a due inbox, and continues right after it. */
  readonly isBrief: boolean

  constructor(isBrief = false) {
    super('the site has not called yet')
    this.isBrief = isBrief
  }
}
