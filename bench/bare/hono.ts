import { Hono } from 'hono'

/** The smallest Hono app: no I/O, one route. The measure for start-up and for refusals that need no I/O. */
const app = new Hono()
app.get('/', (c) => c.json({ ok: true }))

export default app
