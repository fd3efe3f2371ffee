import type { WebhookEvent } from '../../../src/contract/content-link.ts'
import type { Transport } from '../../../src/contract/polling.ts'
import { modelFetch } from '../fetch.ts'
import { callHome } from '../polling.ts'
import { ModelWordPress } from '../wordpress.ts'
import { updatePost } from '../writing.ts'
import { PollingSide } from './polling-side.ts'
import type { Action, Subject } from './subject.ts'
import { bodyOf } from '../document.ts'

const POST_COLUMNS = ['title', 'body', 'excerpt', 'slug', 'status', 'modifiedS'] as const

function registerEvent(model: ModelWordPress): void {
  model.registerType('event', {
    label: 'Events',
    isHierarchical: true,
    taxonomies: ['event_kind'],
    metaKeys: ['event_place', 'event_seats'],
  })
}

function read(model: ModelWordPress, id: number): string | null {
  const post = model.site.posts.get(id)
  if (!post) return null
  const row = POST_COLUMNS.map((column) => [column, column === 'body' ? bodyOf(post) : post[column]] as const)
  return JSON.stringify(Object.fromEntries(row))
}

function addFile(model: ModelWordPress, name: string, kind: 'image' | 'page'): string {
  const url = `${model.url}/wp-content/uploads/${name}`
  model.site.internet.set(url, kind === 'image' ? { image: 'one pixel' } : kind)
  return url
}

function without<T extends object, K extends keyof T>(value: T, keys: K[]): Omit<T, K> {
  const copy = { ...value }
  for (const key of keys) delete copy[key]
  return copy
}

type Handlers = { [Op in Action['op']]: (model: ModelWordPress, action: Extract<Action, { op: Op }>) => unknown }

const HANDLERS: Handlers = {
  insert: (model, action) => {
    const { modifiedS, terms } = action
    const { id } = model.importPost(without(action, ['op', 'modifiedS', 'terms']))
    model.editBehindItsBack(id, { ...(terms && { terms }), ...(modifiedS !== undefined && { modifiedS }) })
    return id
  },
  edit: (model, action) => model.editPost(action.id, without(action, ['op', 'id'])).id,
  copy: (model, { id }) => model.copyPost(id).id,
  trash: (model, { id }) => model.trash(id),
  untrash: (model, { id }) => model.untrash(id),
  delete: (model, { id }) => model.deletePost(id),
  term: (model, { taxonomy, name, slug }) => model.addTerm(taxonomy, name, slug === undefined ? {} : { slug }).id,
  attachment: (model, { title, alt }) => model.addImage(title, alt).id,
  alt: (model, { id, alt }) => model.setMeta(id, '_wp_attachment_image_alt', alt),
  set_terms: (model, { id, taxonomy, terms }) =>
    updatePost(model.site, model.post(id), { terms: { [taxonomy]: terms } }),
  rename_term: (model, { id, name }) => model.renameTerm(id, name),
  set_meta: (model, { id, key, value }) => model.setMeta(id, key, value),
  set_featured: (model, { id, image }) => model.editPost(id, { featured: image }).id,
  touch: (model, { id, modifiedS }) => model.editBehindItsBack(id, { modifiedS }),
  schedule: (model, { id, dateS }) => model.editBehindItsBack(id, { status: 'future', dateS }),
  grow: (model, { id, bytes }) => model.editBehindItsBack(id, { body: 'x'.repeat(bytes) }),
  break_utf8: (model, { id }) => model.editBehindItsBack(id, { body: 'broken \ud83d here' }),
  mend_utf8: () => null,
  file: (model, { name, kind }) => addFile(model, name, kind),
  register: (model, { type, isThere }) => (isThere ? registerEvent(model) : model.unregisterType(type)),
  deny: (model, { slug, isDenied }) => {
    if (isDenied) model.site.denied.add(slug)
    else model.site.denied.delete(slug)
  },
  leave_alone: (model, { id, isLeftAlone }) => model.leaveAlone(id, isLeftAlone),
  filter: (model, { isOn }) => {
    model.site.alterText = isOn ? (text) => text.replaceAll('naked', 'clothed') : (text) => text
  },
  read: (model, { id }) => read(model, id),
  count: (model, { type }) => model.site.posts.byId(type).length,
  seo_plugin: (model, { name }) => {
    model.site.seoPlugin = name === '' ? null : name
    model.site.version++
  },
  set_seo_title: (model, { id, title }) => updatePost(model.site, model.post(id), { seo: { title } }),
  disconnect: (model) => {
    model.http.signingSecrets = []
  },
}

function perform(model: ModelWordPress, action: Action): unknown {
  const handler = HANDLERS[action.op] as (model: ModelWordPress, action: Action) => unknown
  return handler(model, action) ?? null
}

/** The model as subject of the contract. */
export function createModelSubject(transport: Transport = 'direct'): Promise<Subject> {
  const integrationId = 'int_contract'
  const told: WebhookEvent[] = []
  const model = new ModelWordPress({ integrationId, onWebhook: ({ event }) => told.push(event) })
  registerEvent(model)
  model.site.taxonomies.set('event_kind', { label: 'Kinds', isPublic: true, isHierarchical: false })
  const side = new PollingSide(integrationId)
  side.secret = model.signingSecret
  const poll: Subject['poll'] = (commands, limits) =>
    side.carry(commands, limits, () => callHome(model, (message) => side.answer(message)))
  return Promise.resolve({
    ...(transport === 'polling' && { poll }),
    url: model.url,
    endpoint: `${model.url}/wp-json/igny8/v1/commands`,
    secret: model.signingSecret,
    integrationId,
    fetch: modelFetch(model),
    arrange: (...actions) => Promise.resolve(model.asOneRequest(() => actions.map((action) => perform(model, action)))),
    webhooks: () => Promise.resolve(told.splice(0)),
    stop: () => Promise.resolve(),
  })
}
