export * from './people.ts'
export * from './sites.ts'
export * from './integrations.ts'
export * from './records.ts'
