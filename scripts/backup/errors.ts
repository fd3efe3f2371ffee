/** What an operator can act on: the message says what to do. Its text holds no secret. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}
