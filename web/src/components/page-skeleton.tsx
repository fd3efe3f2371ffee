import { Skeleton, Stack, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'

/** Placeholder of what is below the heading of a page. It is as high as a page, so that nothing jumps. */
export function PartSkeleton(): ReactNode {
  const t = useTranslations('common')
  return (
    <Stack component="output" gap="md" mih="60vh" aria-label={t('loading')}>
      <Skeleton height={34} width="min(320px, 70%)" />
      <Skeleton height={64} radius="lg" />
      <Skeleton height={280} radius="lg" />
    </Stack>
  )
}

/** Placeholder of a page while its code or data loads. It has a heading, as every page. */
export function PageSkeleton(): ReactNode {
  const t = useTranslations('common')
  return (
    <>
      <VisuallyHidden component="h1">{t('loading')}</VisuallyHidden>
      <PartSkeleton />
    </>
  )
}
