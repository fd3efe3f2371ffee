import { ServiceError } from '../errors.ts'

/** @throws ServiceError `unsupported_platform` for all but WordPress */
export function assertSupported(platform: string): void {
  if (platform !== 'wordpress') throw new ServiceError('unsupported_platform', `${platform} is not supported yet.`)
}
