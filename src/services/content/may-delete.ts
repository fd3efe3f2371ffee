import { ROLES } from '../../contract/people.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'

/** Editors work with the trash; what is gone for good is an admin's decision. @throws ServiceError `role_too_low` */
export function assertMayDelete(actor: ServiceContext['actor']): void {
  if (actor.kind !== 'user' || ROLES.indexOf(actor.role) >= ROLES.indexOf('admin')) return
  throw new ServiceError('role_too_low', `This needs the role admin; yours is ${actor.role}.`)
}
