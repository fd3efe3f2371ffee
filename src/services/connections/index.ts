export { confirmConnectionChange, getConnectionChange, refuseConnectionChange } from './confirm.ts'
export { connectIntegration } from './connect.ts'
export { moveIntegration } from './move.ts'
export { pruneConnectionChanges } from './pending-changes.ts'
