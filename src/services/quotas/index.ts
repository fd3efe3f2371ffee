export { assertWithinQuota, defaultQuota, withinQuota } from './quotas.ts'
export { readUsage } from './usage.ts'
