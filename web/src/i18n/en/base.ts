export { common } from './common.ts'
export { shell } from './shell.ts'
