import { account } from './account.ts'
import { activity } from './activity.ts'
import { audit } from './audit.ts'
import { auth } from './auth.ts'
import { common } from './common.ts'
import { connect } from './connect.ts'
import { connection } from './connection.ts'
import { contentTypes } from './content-types.ts'
import { editor } from './editor.ts'
import { errors } from './errors.ts'
import { history } from './history.ts'
import { items } from './items.ts'
import { lists } from './lists.ts'
import { members } from './members.ts'
import { merge } from './merge.ts'
import { notifications } from './notifications.ts'
import { onboarding } from './onboarding.ts'
import { operator } from './operator.ts'
import { settings } from './settings.ts'
import { shell } from './shell.ts'
import { sites } from './sites.ts'
import { usage } from './usage.ts'

/** English texts by area. Other languages must have the same shape. */
export const messages = {
  account,
  activity,
  audit,
  auth,
  common,
  connect,
  connection,
  contentTypes,
  editor,
  errors,
  history,
  items,
  lists,
  members,
  merge,
  notifications,
  onboarding,
  operator,
  settings,
  shell,
  sites,
  usage,
}

export type Messages = typeof messages
