import { createElement } from 'react'
import { notificationStore } from './notifications.ts'
import { ProblemMessage } from './problem-message.tsx'

const ERROR_SHOWN_MS = 10_000

/** Shows a notification of success. */
export async function notifyDone(message: string): Promise<void> {
  const store = await notificationStore()
  store.show({ message, color: 'green' })
}

/** Shows a notification about a failure: what is wrong and what to do, in the person's language. */
export async function notifyFailure(title: string, error: unknown): Promise<void> {
  const message = createElement(ProblemMessage, { error })
  const store = await notificationStore()
  store.show({ title, message, color: 'red', autoClose: ERROR_SHOWN_MS })
}
