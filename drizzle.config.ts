import { defineConfig } from 'drizzle-kit'

/** Each kind of database has its own tables and migrations: `npm run db:generate -- --database events --name x`. */
const DATABASES = {
  control: { schema: './src/db/schema/index.ts', out: './migrations' },
  events: { schema: './src/db/events/schema.ts', out: './migrations-events' },
}

const name = process.env['IGNY8_DATABASE'] === 'events' ? 'events' : 'control'

export default defineConfig({ dialect: 'sqlite', ...DATABASES[name] })
