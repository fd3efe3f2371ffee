import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration } from '../support/samples.ts'
import { siteApp } from '../support/site-app.ts'

const INTEGRATION = '/api/v1/integration/integrations/int_1'

test('a name is mapped to a user of the site, and the entry can be removed', async () => {
  const mapped = sampleIntegration({ config_json: { author_map: { 'Ada (IGNY8)': 3 } } })
  const api = siteApp(
    {},
    {
      [`GET ${INTEGRATION}/authors`]: { body: { results: [{ id: 3, name: 'Ada' }], next: null } },
      [`PATCH ${INTEGRATION}`]: [{ body: mapped }, { body: sampleIntegration() }],
    },
  )
  renderAt('/sites/site_1/settings')
  await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'User of the site' }), 'Ada')
  await userEvent.type(screen.getByLabelText('Author in IGNY8'), 'Ada (IGNY8)')
  await userEvent.click(screen.getByRole('button', { name: 'Add' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Remove Ada (IGNY8)' }))
  await waitFor(() =>
    expect(api.callsOf(`PATCH ${INTEGRATION}`).map(({ body }) => body)).toEqual([
      { config_json: { author_map: { 'Ada (IGNY8)': 3 } } },
      { config_json: { author_map: { 'Ada (IGNY8)': null } } },
    ]),
  )
})
