export { assertWithinQuota, withinQuota } from './quotas.ts'
export { readUsage } from './usage.ts'
