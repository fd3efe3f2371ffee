import type { items as english } from '../en/items.ts'

export const items: typeof english = {
  title: 'Inhalte',
}
