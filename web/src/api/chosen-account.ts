const KEY = 'igny8-account'

/** The account that the person chose, stored in this browser. Null: the API chooses. */
export const chosenAccount = {
  get: (): string | null => localStorage.getItem(KEY),
  set: (id: string): void => localStorage.setItem(KEY, id),
  clear: (): void => localStorage.removeItem(KEY),
}
