export { connectIntegration } from './connect.ts'
export { moveIntegration } from './move.ts'
