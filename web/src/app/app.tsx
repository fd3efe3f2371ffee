import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ErrorBoundary } from '../components/error-boundary.tsx'
import { NotificationOutlet } from '../components/notification-outlet.tsx'
import { useOffline } from '../offline/use-offline.ts'
import { LocaleProvider } from './locale.tsx'
import { createQueryClient } from './query-client.ts'
import { AppRoutes } from './routes.tsx'
import { cssVariables, theme } from './theme.ts'

const schemes = localStorageColorSchemeManager()

export function App(): ReactNode {
  const [queryClient] = useState(createQueryClient)
  useOffline(queryClient)
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={schemes}
      defaultColorScheme="auto"
    >
      <LocaleProvider>
        <QueryClientProvider client={queryClient}>
          <NotificationOutlet />
          <ErrorBoundary>
            <AppRoutes />
          </ErrorBoundary>
        </QueryClientProvider>
      </LocaleProvider>
    </MantineProvider>
  )
}
