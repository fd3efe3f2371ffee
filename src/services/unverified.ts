import type { Actor, ServiceContext } from './context.ts'

/**
 * Charges a call to an address that never proved to be a site of the account: whoever asks for tests could otherwise have
 * IGNY8 call any server as often as they like. Counts per host name, whoever asks, and per account, whatever the address.
 * @throws ServiceError `too_many_requests`
 */
export async function chargeUnverifiedCall(
  { chargeUnverified }: Pick<ServiceContext<Actor>, 'chargeUnverified'>,
  { accountId, siteUrl }: { accountId: string; siteUrl: string },
): Promise<void> {
  await chargeUnverified({ host: URL.parse(siteUrl)?.hostname ?? siteUrl, accountId })
}
