import type { RpcResult } from '../../site/rpc.ts'
import { ServiceError } from '../errors.ts'

/** The value of an answer of the site's object. @throws ServiceError with the code of a refusal */
export function unwrap<T>(result: RpcResult<T>): T {
  if (result.ok) return result.value
  throw new ServiceError(result.code, result.detail, { fix: result.fix })
}
