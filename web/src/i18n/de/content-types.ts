import type { contentTypes as english } from '../en/content-types.ts'

export const contentTypes: typeof english = {
  title: 'Inhaltstypen',
}
