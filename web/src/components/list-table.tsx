import { VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import table from './cards-table.module.css'

interface ListTableProps {
  /** Label of the table for screen readers. */
  caption: string
  columns: readonly string[]
  /** Heading of the last column, which has buttons; null without that column. */
  actions: string | null
  /** The rows. */
  children: ReactNode
}

/** A list as a table. On a phone, each row becomes a card. */
export function ListTable({ caption, columns, actions, children }: ListTableProps): ReactNode {
  return (
    <table className={table.table}>
      <caption>
        <VisuallyHidden>{caption}</VisuallyHidden>
      </caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
          {actions !== null && (
            <th scope="col">
              <VisuallyHidden>{actions}</VisuallyHidden>
            </th>
          )}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  )
}
