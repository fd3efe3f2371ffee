import { Skeleton, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import classes from './content-types.module.css'

const STATUS_HEIGHT = 150
const ROWS = [0, 1, 2]

/** Placeholder rows. */
export function SkeletonRows({ label }: { label: string }): ReactNode {
  return (
    <output className={`panel ${classes.skeleton}`} aria-label={label}>
      {ROWS.map((row) => (
        <span key={row} className={classes.skeletonRow}>
          <Skeleton height={36} width="min(160px, 40%)" />
          <Skeleton height={36} />
          <Skeleton height={36} width="min(220px, 30%)" />
        </span>
      ))}
    </output>
  )
}

/** Placeholder of the tab, as high as the loaded tab. */
export function TabSkeleton(): ReactNode {
  const t = useTranslations('common')
  return (
    <Stack gap="lg">
      <Skeleton height={STATUS_HEIGHT} radius="lg" />
      <SkeletonRows label={t('loading')} />
    </Stack>
  )
}
