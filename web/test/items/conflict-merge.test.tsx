import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeAll, expect, test } from 'vitest'
import type { Item } from '../../src/api/types.ts'
import { type Answers, type FakeApi, fakeApi, problem } from '../support/fake-api.ts'
import { sampleConflict, sampleItem, sampleVersion } from '../support/item-samples.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleSession, sampleSite } from '../support/samples.ts'

// a test's first click must not wait for what it loads
beforeAll(
  () =>
    Promise.all([
      import('../../src/pages/items/merge/body-merge.tsx'),
      import('../../src/pages/items/edit/preview.tsx'),
      import('../../src/i18n/en/merge.ts'),
      import('../../src/i18n/en/editor.ts'),
    ]),
  60_000,
)

const ITEM = '/api/v1/sites/site_1/content/item_1'
const INTEGRATION = '/api/v1/integration/integrations'

function open(item: Item, answers: Answers): FakeApi {
  const api = fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession('editor') },
    'GET /api/v1/sites/site_1': { body: sampleSite() },
    [`GET ${INTEGRATION}`]: { body: { results: [sampleIntegration()], next: null } },
    [`GET ${INTEGRATION}/int_1/content-types`]: problem(500, 'internal_error'),
    [`GET ${ITEM}`]: { body: item },
    ...answers,
  })
  renderAt('/sites/site_1/items/item_1')
  return api
}
const field = (name: string) => screen.getByRole('group', { name })

test('the body of a conflict is put together block by block, and edited before it is kept', async () => {
  const block = (text: string) => `<!-- wp:paragraph -->\n<p>${text}</p>\n<!-- /wp:paragraph -->`
  const bodyOf = (...texts: string[]) => texts.map(block).join('\n\n')
  const wordpress = sampleVersion({ body: bodyOf('Same.', 'We open at nine there.', 'Only there.') })
  const conflict = { ...sampleConflict().conflict, fields: ['body'], wordpress } as NonNullable<Item['conflict']>
  const item = sampleConflict({ body: bodyOf('Same.', 'We open at nine here.'), conflict })
  const api = open(item, { [`POST ${ITEM}/resolve`]: { body: sampleItem({ revision: 4 }) } })
  await userEvent.click(await screen.findByRole('button', { name: 'Combine block by block' }))
  expect(within(field('Body')).getByRole('radio', { name: 'WordPress' })).toBeDisabled()
  const result = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Result' })
  expect(result).toHaveValue(item.body)
  expect(screen.getByTitle('The result as visitors read it')).toHaveAttribute('sandbox', '')
  await userEvent.click(within(field('Difference 2 of 2')).getByRole('radio', { name: 'WordPress' }))
  expect(result).toHaveValue(bodyOf('Same.', 'We open at nine here.', 'Only there.'))
  fireEvent.change(result, { target: { value: bodyOf('Same.', 'We open at ten.') } })
  expect(within(field('Difference 1 of 2')).getByRole('radio', { name: 'WordPress' })).toBeDisabled()
  await userEvent.click(screen.getByRole('button', { name: 'Resolve' }))
  await waitFor(() =>
    expect(api.callsOf(`POST ${ITEM}/resolve`)[0]?.body).toEqual({
      values: { body: bodyOf('Same.', 'We open at ten.') },
      if_revision: 3,
    }),
  )
})
