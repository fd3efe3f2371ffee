/** Everything that needs better-auth. index.ts loads it on first use: no other request pays for it. */
export { changePassword, confirmPassword, forgotPassword, resetPassword, signIn, signUp } from './password.ts'
export { createPasskey, signInWithPasskey, startPasskey, startPasskeySignIn } from './passkeys.ts'
export { confirmTotp, removeTotp, renewRecoveryCodes, setUpTotp, signInSecondStep } from './two-factor.ts'
