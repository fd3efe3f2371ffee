import { VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import table from './cards-table.module.css'

interface ListTableProps {
  /** What the table lists, for who doesn't see the heading above it. */
  caption: string
  columns: readonly string[]
  /** Name of the last column, which has buttons; null where there is none. */
  actions: string | null
  /** The rows. */
  children: ReactNode
}

/** A list as a table, whose rows become cards on a phone. */
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
