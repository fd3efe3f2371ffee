import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { render, type RenderResult } from '@testing-library/react'
import type { ReactNode } from 'react'
import { createQueryClient } from '../../src/app/query-client.ts'
import { LocaleProvider } from '../../src/app/locale.tsx'
import { AppRoutes } from '../../src/app/routes.tsx'
import { cssVariables, theme } from '../../src/app/theme.ts'
import { NotificationOutlet } from '../../src/components/notification-outlet.tsx'

/** Renders with all providers of a page. Queries are not retried, so that a test sees the first answer. */
export function renderInApp(children: ReactNode): RenderResult {
  const client = createQueryClient({ retry: false })
  client.setDefaultOptions({ ...client.getDefaultOptions(), queries: { retry: false, networkMode: 'always' } })
  return render(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} env="test">
      <LocaleProvider>
        <QueryClientProvider client={client}>
          <NotificationOutlet />
          {children}
        </QueryClientProvider>
      </LocaleProvider>
    </MantineProvider>,
  )
}

/** The whole app at an address. */
export function renderAt(path: string): RenderResult {
  window.history.replaceState(null, '', path)
  return renderInApp(<AppRoutes />)
}
