import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const ink: MantineColorsTuple = [
  '#eef2ff',
  '#e0e7ff',
  '#c7d2fe',
  '#a5b4fc',
  '#818cf8',
  '#6366f1',
  '#4f46e5',
  '#4338ca',
  '#3730a3',
  '#312e81',
]

/** Text has a contrast of at least 4.5 (WCAG 2.2 AA) in both colour schemes; axe checks this in the tests. */
export const theme = createTheme({
  colors: { ink },
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.625rem' }, h2: { fontSize: '1.25rem' } } },
  respectReducedMotion: true,
  // the header of a dialog is not a banner landmark of the page
  components: { Modal: { defaultProps: { attributes: { header: { role: 'presentation' } } } } },
})

export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': colors.gray[7],
    '--mantine-color-anchor': colors.ink?.[7] ?? '',
    '--mantine-color-placeholder': colors.gray[6],
    '--mantine-color-error': colors.red[9],
    '--app-ground': '#f6f7fb',
    '--app-panel': '#ffffff',
    '--app-line': '#e3e5ee',
    '--app-good': '#15803d',
    '--app-warn': '#b45309',
    '--app-bad': '#b91c1c',
    '--app-idle': '#64748b',
    '--app-busy': '#4338ca',
  },
  dark: {
    '--mantine-color-dimmed': colors.dark[1],
    '--mantine-color-anchor': colors.ink?.[3] ?? '',
    '--mantine-color-placeholder': colors.dark[2],
    '--mantine-color-error': colors.red[4],
    '--app-ground': '#14151a',
    '--app-panel': '#1c1e26',
    '--app-line': '#31343f',
    '--app-good': '#4ade80',
    '--app-warn': '#fbbf24',
    '--app-bad': '#f87171',
    '--app-idle': '#94a3b8',
    '--app-busy': '#a5b4fc',
  },
})
