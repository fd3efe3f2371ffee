import type { SiteDatabase } from './database.ts'
import type { InboxTable } from './tables/inbox.ts'
import type { ItemTable } from './tables/items.ts'
import type { MediaTable } from './tables/media.ts'
import type { ResolutionTable } from './tables/resolutions.ts'
import type { TermTable } from './tables/terms.ts'
import type { TotalTable } from './tables/totals.ts'
import type { TypeTable } from './tables/types.ts'

/** The replica's tables, all in the one database of the site's object. */
export interface Replica {
  database: SiteDatabase
  items: ItemTable
  terms: TermTable
  types: TypeTable
  totals: TotalTable
  inbox: InboxTable
  media: MediaTable
  resolutions: ResolutionTable
}
