/**
 * Ends a piece of work until the site has called and brought its answers; it is then played again from its last commit.
 * No failure: what is waited for is kept in the commandLog.
 */
export class Suspended extends Error {
  override readonly name = 'Suspended'
  /** Whether it only makes room for what webhooks named, and goes on right after. */
  readonly isBrief: boolean

  constructor(isBrief = false) {
    super('the site has not called yet')
    this.isBrief = isBrief
  }
}
