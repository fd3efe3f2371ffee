export { composeEmail, sendEmail } from './email.ts'
export { failure, type Outcome } from './outcome.ts'
export { allowsLoopback, openSecrets, sealSecrets, sendWebhook } from './webhook.ts'
