const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const PASSWORD_LENGTH = { min: 10, max: 128 }

/** A rough check that saves a request; the API decides. */
export const isEmail = (text: string): boolean => EMAIL.test(text.trim())

export const isNewPassword = (text: string): boolean =>
  text.length >= PASSWORD_LENGTH.min && text.length <= PASSWORD_LENGTH.max
