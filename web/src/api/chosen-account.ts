const KEY = 'igny8-account'

/** The account that a person in several of them works in; kept on this device. Null: the API's choice. */
export const chosenAccount = {
  get: (): string | null => localStorage.getItem(KEY),
  set: (id: string): void => localStorage.setItem(KEY, id),
  clear: (): void => localStorage.removeItem(KEY),
}
