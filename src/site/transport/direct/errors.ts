import type { EvidenceStep } from '../../../contract/evidence.ts'
import { LINK_ERRORS, type LinkErrorCode, type LinkFailure } from '../../../contract/link-errors.ts'

/** What is wrong with an answer or address; a LinkError adds the evidence. */
export interface LinkProblem {
  code: LinkErrorCode
  detail: string
  /** From `Retry-After`, in seconds. */
  retryAfterS?: number
  /** The request id that the answer states; equals ours if the request reached the plugin. */
  pluginRequestId?: string | undefined
}

/** A site could not be reached or used. `detail` may be shown to people; `cause` goes to the log only. */
export class LinkError extends Error {
  override readonly name = 'LinkError'
  readonly code: LinkErrorCode
  readonly detail: string
  readonly evidence: EvidenceStep[]
  readonly retryAfterS: number | null
  /** For the log only: an answer that failed is not signed. */
  readonly pluginRequestId: string | null

  constructor(problem: LinkProblem, evidence: EvidenceStep[], options?: { cause?: unknown }) {
    super(`${problem.code}: ${problem.detail}`, options)
    this.code = problem.code
    this.detail = problem.detail
    this.evidence = evidence
    this.retryAfterS = problem.retryAfterS ?? null
    this.pluginRequestId = problem.pluginRequestId ?? null
  }

  /** Whether the same request may succeed later without a change by anybody. */
  get retryable(): boolean {
    return LINK_ERRORS[this.code].retryable
  }

  /** The error as a plain value, which can cross RPC. */
  toFailure(): LinkFailure {
    const { code, detail, evidence, retryable, retryAfterS } = this
    return { ok: false, code, detail, fix: LINK_ERRORS[code].fix, evidence, retryable, retryAfterS }
  }
}
