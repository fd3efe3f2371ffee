import { useState } from 'react'
import type { BulkAction, BulkJob } from '../../api/types.ts'
import { useBulkJob, useNewestBulkJob } from '../../queries/bulk.ts'
import type { BulkRequest } from '../../queries/bulk-changes.ts'
import type { Selection } from './use-selection.ts'

/** The change of many items that a page is at. */
interface Bulk {
  /** The job that is shown above the list; null if there is none. */
  job: BulkJob | null
  /** What the dialog shows: a plan, or the job. Null: it is closed. */
  dialog: { request: BulkRequest | null; jobId: string | null } | null
  /** Shows what an action would do with the selected items. */
  plan: (action: BulkAction) => void
  setJob: (id: string) => void
  openDetails: () => void
  close: () => void
  dismiss: () => void
}

export function useBulk(siteId: string, selection: Selection, mayEdit: boolean): Bulk {
  const [jobId, setJobId] = useState<string | null>(null)
  const [isDismissed, setDismissed] = useState(false)
  const [request, setRequest] = useState<BulkRequest | null>(null)
  const [isOpen, setOpen] = useState(false)
  const { data: newest } = useNewestBulkJob(siteId, mayEdit)
  // one that is under way is shown to whoever comes, whoever started it
  const shownId = jobId ?? (newest && newest.state !== 'done' ? newest.id : null)
  const { data: job } = useBulkJob(siteId, shownId)
  return {
    job: job && !isDismissed ? job : null,
    dialog: isOpen ? { request, jobId: shownId } : null,
    plan: (action) => {
      setRequest({ selection: selection.toRequest(), action })
      setOpen(true)
    },
    setJob: (id) => {
      setJobId(id)
      setDismissed(false)
      selection.clear()
    },
    openDetails: () => {
      setJobId(shownId)
      setRequest(null)
      setOpen(true)
    },
    close: () => setOpen(false),
    dismiss: () => setDismissed(true),
  }
}
