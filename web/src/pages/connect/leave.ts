/** Goes to another site in this tab: back to the wp-admin that asked. */
export const leaveFor = (url: string): void => window.location.assign(url)
