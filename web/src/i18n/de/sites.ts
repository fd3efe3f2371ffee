import type { sites as english } from '../en/sites.ts'

export const sites: typeof english = {
  title: 'Websites',
}
