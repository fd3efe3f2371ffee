import * as z from 'zod'
import { IDS_LIMIT, INDEX_LIMIT, SYMBOLS_LIMIT } from '../../src/contract/content-link.ts'
import { SeoUpdate } from '../../src/contract/seo.ts'
import { CommandFailure } from './types.ts'

const Id = z.int().min(0)

export const IndexArguments = z
  .object({
    type: z.string(),
    after: z.tuple([Id, Id]).nullable().default(null),
    limit: z.int().min(1).max(IDS_LIMIT).default(INDEX_LIMIT),
    fields: z.enum(['full', 'metadata', 'ids']).default('full'),
  })
  .refine(({ fields, limit }) => fields === 'ids' || limit <= INDEX_LIMIT, { path: ['limit'] })

export const DigestArguments = z.object({
  type: z.string().min(1),
  after: Id.default(0),
  until: z.tuple([Id, Id]).nullable().default(null),
  symbols: z.int().min(1).max(SYMBOLS_LIMIT).default(1),
})

export const FetchArguments = z.object({ ids: z.array(z.int().min(1)).max(100) })

export const CountsArguments = z.object({ post_types: z.array(z.string().min(1)).max(50) })

export const TermsArguments = z.object({
  taxonomy: z.string(),
  after: Id.default(0),
  limit: z.int().min(1).max(1000).default(1000),
  if_etag: z.string().nullable().default(null),
})

const ApplyFieldValues = z
  .object({
    title: z.string(),
    body: z.string(),
    excerpt: z.string(),
    slug: z.string(),
    status: z.enum(['draft', 'pending', 'private', 'future', 'publish', 'trash']),
    date: z.iso.datetime({ offset: true }).nullable(),
    parent: Id,
    author: z.union([Id, z.string().min(1)]),
    terms: z.record(z.string(), z.array(z.string().min(1))),
    meta: z.record(z.string(), z.unknown()),
    seo: SeoUpdate,
    featured: z.object({ id: z.int().min(1), alt: z.string().optional() }).nullable(),
  })
  .partial()
  .strict()
export type ApplyFieldValues = z.infer<typeof ApplyFieldValues>

export const ApplyArguments = z.object({
  op: z.enum(['create', 'update', 'trash', 'untrash', 'delete']),
  item_id: z
    .string()
    .max(64)
    .nullish()
    .transform((itemId) => itemId ?? ''),
  type: z.string(),
  id: Id.nullish().transform((id) => id ?? 0),
  expect: z.string().nullable().default(null),
  fields: ApplyFieldValues.nullish().transform((fields) => fields ?? {}),
})
export type ApplyArguments = z.infer<typeof ApplyArguments>

export const MediaArguments = z.object({
  url: z.string().min(1),
  hash: z.string().min(1),
  filename: z.string().default(''),
  alt: z.string().default(''),
})

/** Parses a command's arguments; throws a failure that names the first invalid one. */
export function readArguments<T>(schema: z.ZodType<T>, args: unknown): T {
  const parsed = schema.safeParse(args)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const keys = issue?.code === 'unrecognized_keys' ? issue.keys : []
  throw new CommandFailure('invalid_field', `${[...(issue?.path ?? []), ...keys].join('.')}: ${issue?.message}`)
}
