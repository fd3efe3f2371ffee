import type { EvidenceStep } from '../../../contract/evidence.ts'
import { LINK_ERRORS, type LinkErrorCode, type LinkFailure } from '../../../contract/link-errors.ts'

/** What was found to be wrong, before it is known what was tried on the way. */
export interface LinkProblem {
  code: LinkErrorCode
  detail: string
  /** From `Retry-After`, in seconds. */
  retryAfterS?: number
  /** What the site's answer calls the request: ours, where it got as far as the plugin. */
  pluginRequestId?: string | undefined
}

/** A site could not be reached or used. `detail` may be shown to people; `cause` is for the log alone. */
export class LinkError extends Error {
  override readonly name = 'LinkError'
  readonly code: LinkErrorCode
  readonly detail: string
  readonly evidence: EvidenceStep[]
  readonly retryAfterS: number | null
  /** For the log alone: unsigned, like every answer that fails. */
  readonly pluginRequestId: string | null

  constructor(problem: LinkProblem, evidence: EvidenceStep[], options?: { cause?: unknown }) {
    super(`${problem.code}: ${problem.detail}`, options)
    this.code = problem.code
    this.detail = problem.detail
    this.evidence = evidence
    this.retryAfterS = problem.retryAfterS ?? null
    this.pluginRequestId = problem.pluginRequestId ?? null
  }

  /** Whether the same request may succeed later without anybody changing anything. */
  get retryable(): boolean {
    return LINK_ERRORS[this.code].retryable
  }

  /** The error as a value that survives RPC. */
  toFailure(): LinkFailure {
    const { code, detail, evidence, retryable, retryAfterS } = this
    return { ok: false, code, detail, fix: LINK_ERRORS[code].fix, evidence, retryable, retryAfterS }
  }
}
