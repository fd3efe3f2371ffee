import * as z from 'zod'
import { readWranglerToml } from '../lib/wrangler-toml.ts'

const D1 = z.looseObject({
  binding: z.string(),
  database_name: z.string(),
  database_id: z.string().optional(),
  migrations_dir: z.string().default('migrations'),
})
const Kv = z.looseObject({ binding: z.string(), id: z.string().optional() })
const Bucket = z.looseObject({ binding: z.string(), bucket_name: z.string() })
const Producer = z.looseObject({ binding: z.string(), queue: z.string() })
const Consumer = z.looseObject({ queue: z.string(), dead_letter_queue: z.string().optional() })

/** The parts of wrangler.toml that differ between deployments; all else is passed on as it is. */
const Base = z.looseObject({
  name: z.string(),
  vars: z.record(z.string(), z.string()),
  secrets: z.object({ required: z.array(z.string()) }),
  d1_databases: z.array(D1).default([]),
  kv_namespaces: z.array(Kv).default([]),
  r2_buckets: z.array(Bucket).default([]),
  queues: z
    .looseObject({ producers: z.array(Producer).default([]), consumers: z.array(Consumer).default([]) })
    .optional(),
  analytics_engine_datasets: z.array(z.looseObject({ binding: z.string(), dataset: z.string() })).default([]),
  observability: z.looseObject({ logs: z.looseObject({}).optional(), traces: z.looseObject({}).optional() }).optional(),
  ratelimits: z.array(z.looseObject({ name: z.string(), namespace_id: z.string() })).default([]),
  triggers: z.object({ crons: z.array(z.string()) }),
  limits: z.looseObject({ cpu_ms: z.number() }).optional(),
})
export type Base = z.infer<typeof Base>

/** Reads wrangler.toml, which describes what all deployments have in common. */
export const readBase = (root: string): Base => Base.parse(readWranglerToml(root))
