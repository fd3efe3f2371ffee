import { beforeAll, expect, test } from 'vitest'
import { connectWordPress, content, playWordPress, readItem, type ContentSite } from '../support/content.ts'
import { refusal } from '../support/openapi.ts'

let site: ContentSite

beforeAll(async () => {
  playWordPress()
  site = await connectWordPress()
})

const create = async (body: Record<string, unknown>) => {
  const answer = await content(site, 'POST /', { title: 'T', body_format: 'markdown', ...body })
  expect(answer.status).toBe(201)
  return answer.body
}

test('a body in Markdown is kept as HTML', async () => {
  const item = await create({ body: '# A\n\nOne **two**\n\n| x |\n| --- |\n| y |\n\n- [x] done ~~not~~' })
  expect(item.body).toContain('<h1>A</h1>\n<p>One <strong>two</strong></p>')
  for (const part of ['<td>y</td>', 'type="checkbox"', '<del>not</del>']) expect(item.body).toContain(part)
  expect(item).not.toHaveProperty('body_format')
  expect(await readItem(site, item.id)).toEqual(item)
})

test('an item is changed in Markdown, too, and what is not named stays', async () => {
  const item = await create({ body: 'One', excerpt: 'E' })
  const { body } = await content(site, `PATCH /${item.id}`, { body: '*Two*', body_format: 'markdown' })
  expect(body).toMatchObject({ body: '<p><em>Two</em></p>\n', excerpt: 'E', revision: 2 })
  const { body: after } = await content(site, `PATCH /${item.id}`, { title: 'New', body_format: 'markdown' })
  expect(after).toMatchObject({ title: 'New', body: '<p><em>Two</em></p>\n' })
})

test('without a format, or as HTML, a body stays as it is', async () => {
  for (const format of [{ body_format: undefined }, { body_format: 'html' }])
    expect((await create({ body: '*One*', ...format })).body).toBe('*One*')
})

test('HTML in Markdown stays, as in a body of HTML', async () => {
  expect((await create({ body: 'a <b onclick="x()">b</b> c' })).body).toBe('<p>a <b onclick="x()">b</b> c</p>\n')
})

test('another format is refused, and so is Markdown that becomes too much HTML', async () => {
  expect(refusal(await content(site, 'POST /', { title: 'T', body: 'x', body_format: 'rst' }))).toEqual([
    400,
    'validation_error',
  ])
  const large = await content(site, 'POST /', { title: 'T', body: '- x\n'.repeat(200_000), body_format: 'markdown' })
  expect(refusal(large)).toEqual([400, 'item_too_large'])
})
