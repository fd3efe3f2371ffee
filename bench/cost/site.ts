import { serveModel, type ServedModel } from '../../test/model/serve.ts'
import { runStructure } from '../../test/model/commands/describe.ts'
import { fillPosts } from '../../test/model/fill.ts'
import { callHome, idlePoll, keepTicket, ticketOf } from '../../test/model/polling.ts'
import { ModelWordPress, type ModelWebhook } from '../../test/model/wordpress.ts'
import { signMessage } from '../../src/lib/signature.ts'
import { bodyCharacters } from './assumptions.ts'
import type { Answered, Json, Lab } from './lab.ts'

const INTEGRATIONS = '/api/v1/integration/integrations'
const FORBIDDEN = 403

/** A person of the account that the sites belong to. */
export interface Person {
  token: string
  accountId: string
}

/** A site of the lab: a model WordPress in this process, connected with the Worker. */
export class LabSite {
  readonly lab: Lab
  readonly person: Person
  readonly model: ModelWordPress
  readonly siteId: string
  readonly key: string
  readonly outbox: ModelWebhook[]
  readonly #served: ServedModel
  integrationId = ''
  isPolling = false
  #sent = 0

  private constructor(
    lab: Lab,
    person: Person,
    parts: Pick<LabSite, 'model' | 'siteId' | 'key' | 'outbox'>,
    served: ServedModel,
  ) {
    this.lab = lab
    this.person = person
    this.model = parts.model
    this.siteId = parts.siteId
    this.key = parts.key
    this.outbox = parts.outbox
    this.#served = served
  }

  /** Makes a site with a key, and connects it as its plugin does. */
  static async connect(lab: Lab, person: Person, items: number): Promise<LabSite> {
    const outbox: ModelWebhook[] = []
    const model = new ModelWordPress({ now: lab.now, onWebhook: (webhook) => outbox.push(webhook) })
    model.site.options['two_way_sync_enabled'] = true
    const served = await serveModel(model)
    fillPosts(model, { count: items, bodyCharacters })
    model.warm()
    const { token } = person
    const { id } = await lab.send('POST /api/v1/sites', {
      token,
      body: { name: 'Lab', url: 'https://lab.example.com' },
    })
    const siteId = String(id)
    const { key } = await lab.send(`POST /api/v1/sites/${siteId}/api-keys`, { token, body: {} })
    const site = new LabSite(lab, person, { model, siteId, key: String(key), outbox }, served)
    const body = { site_id: siteId, api_key: key, site_url: model.url, signing_secret: model.signingSecret }
    const connected = await lab.send(`POST ${INTEGRATIONS}/test-connection`, { body })
    site.integrationId = String(connected['integration_id'])
    model.executor.integrationId = site.integrationId
    return site
  }

  stop = (): Promise<void> => this.#served.stop()

  get path(): string {
    return `${INTEGRATIONS}/${this.integrationId}`
  }

  /** A request with the site's key. */
  byKey = (request: string, body?: unknown): Promise<Json> => this.lab.send(request, { token: this.key, body })

  /** A request of a person. */
  byPerson = (request: string, body?: unknown): Promise<Json> =>
    this.lab.send(request, { token: this.person.token, body })

  fire = (): Promise<number | null> => this.lab.fire(this.siteId)
  rest = (): Promise<void> => this.lab.rest(this.siteId)

  /** Moves the clock to when the object has planned something. */
  async toNextAlarm(): Promise<void> {
    const next = await this.fire()
    if (next === null) throw new Error('nothing is planned')
    await this.lab.advance(Math.max(0, next - this.lab.now()))
  }

  /** The structure as the plugin pushes it. */
  structure = (): unknown => JSON.parse(runStructure(this.model.site))

  /** From now on the site is served by polling, and refuses calls. */
  async startPolling(): Promise<void> {
    const refused = { kind: 'status', status: FORBIDDEN } as const
    this.model.faults = { request: () => refused }
    const { siteId, integrationId, person } = this
    await this.lab.enablePolling({ siteId, integrationId, accountId: person.accountId })
    this.isPolling = true
  }

  async #poll(message: { headers: Record<string, string>; body: string }): Promise<Answered> {
    const headers = { 'content-type': 'application/json', ...message.headers }
    return this.lab.request(`POST ${this.path}/poll`, { token: this.key, body: message.body, headers })
  }

  /** A poll that brings nothing and takes nothing. */
  async pollIdly(): Promise<void> {
    const timestamp = Math.floor(this.lab.now() / 1000)
    const body = JSON.stringify({ ...idlePoll(timestamp), transport: this.isPolling ? 'polling' : 'direct' })
    const id = `msg_lab_${this.siteId}_${++this.#sent}`
    const signature = await signMessage({ id, timestamp, body, secrets: [this.model.signingSecret] })
    const signed = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
    const answer = await this.#poll({ headers: { ...signed, ...ticketOf(this.model) }, body })
    keepTicket(this.model, answer)
    if ((JSON.parse(answer.body) as { commands: unknown[] }).commands.length > 0)
      throw new Error('an idle poll got commands')
  }

  /** Polls as the plugin does, until nothing more is to be done. */
  async pollAll(): Promise<void> {
    await callHome(this.model, (message) => this.#poll(message))
  }

  /** Delivers the webhooks of what was done in WordPress. A plugin that polls does so right after them. */
  async deliver(): Promise<void> {
    const webhooks = this.outbox.splice(0)
    if (webhooks.length === 0) throw new Error('no webhook waits')
    for (const webhook of webhooks) {
      const { path, headers, body } = await this.model.signWebhook(webhook)
      await this.lab.request(`POST ${path}`, { token: this.key, body, headers })
    }
    await this.work()
  }

  /** Lets the object finish what is due; by polling, the site's polls bring it. */
  async work(): Promise<void> {
    await this.fire()
    if (!this.isPolling) return
    await this.pollAll()
    await this.fire()
  }

  /** An edit in WordPress; its webhook waits. */
  edit = (title: string): unknown => this.model.editPost(this.postId, { title })

  /** A webhook of a post that is as it was: a save that changed nothing, or one of several for one save. */
  touch(): void {
    const { postId } = this
    this.outbox.push({
      id: `msg_touch_${this.siteId}_${++this.#sent}`,
      event: { event: 'post.status', post_id: postId, post_type: 'post', status: 'publish', modified_gmt: null },
    })
  }

  /** The post that is edited: the newest, which every list begins with. */
  get postId(): number {
    return this.model.site.posts.byId('post').at(-1)?.id ?? 0
  }

  /** The item of the post that is edited. */
  async itemId(): Promise<string> {
    const { results } = (await this.byPerson(`GET /api/v1/sites/${this.siteId}/content?limit=200`)) as {
      results: { id: string; external_id: string }[]
    }
    const item = results.find(({ external_id: id }) => id === String(this.postId)) ?? results[0]
    if (!item) throw new Error('the site has no items')
    return item.id
  }
}
