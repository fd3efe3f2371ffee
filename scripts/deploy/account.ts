import * as z from 'zod'
import { Cloudflare } from './cloudflare.ts'
import { DeployError } from './errors.ts'
import { settingsPath } from './settings.ts'
import type { Plan, Progress, Step } from './state.ts'
import { readLogin } from './wrangler.ts'

const Account = z.looseObject({ id: z.string(), name: z.string() })

const NO_TOKEN = `There is no token. Set CLOUDFLARE_API_TOKEN, or log in: npx wrangler login
Make the token at https://dash.cloudflare.com/profile/api-tokens from the template “Edit Cloudflare Workers”, and add
the right “Account · D1 · Edit”.`

async function chooseAccount(api: Cloudflare, file: string): Promise<string> {
  const right = 'Account · Account Settings · Read'
  const accounts = await api.list({ schema: Account, path: '/accounts', right }, 50)
  const [only] = accounts
  if (only && accounts.length === 1) return only.id
  const names = accounts.map(({ id, name }) => `  ${id}  ${name}`).join('\n')
  if (!only) throw new DeployError('The token belongs to no account. Set CLOUDFLARE_ACCOUNT_ID.')
  throw new DeployError(`Set CLOUDFLARE_ACCOUNT_ID, or account_id in ${file}, to one of:\n${names}`)
}

/** Finds token and account. The token is never printed. */
export function openAccount(plan: Plan, progress: Progress): Step {
  const { env, fetch } = plan.outside
  const file = settingsPath(plan.options.environment)
  const given = env['CLOUDFLARE_ACCOUNT_ID'] || plan.settings.account_id
  return {
    title: 'Account',
    plan: [
      'Take the token from CLOUDFLARE_API_TOKEN, else from `wrangler login`.',
      given ? 'Use the account that is set.' : 'GET /accounts: use the account of the token, if it has one only.',
    ],
    async run() {
      const token = env['CLOUDFLARE_API_TOKEN'] || (await readLogin(plan))
      if (!token) throw new DeployError(NO_TOKEN)
      progress.hidden.add(token)
      const api = new Cloudflare({ token, fetch, base: env['CLOUDFLARE_API_BASE_URL'] })
      const account = given || (await chooseAccount(api, file))
      progress.access = { api, token, account }
      return `account ${account}`
    },
  }
}
