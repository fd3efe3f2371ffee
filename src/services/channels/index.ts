export { sendEmail } from './email.ts'
export { failure, type Outcome } from './outcome.ts'
export { openSecrets, sealSecrets, sendWebhook } from './webhook.ts'
