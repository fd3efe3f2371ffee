export { SiteSync } from './object.ts'
