import { Button, Skeleton } from '@mantine/core'
import { IconGitMerge } from '@tabler/icons-react'
import { type ReactNode, Suspense } from 'react'
import { useTranslations } from 'use-intl'
import { lazyPart } from '../../../app/lazy-page.tsx'

const BodyMerge = lazyPart('merge', () => import('./body-merge.tsx'))

interface MergeSectionProps {
  wordpress: string
  igny8: string
  /** The body that was put together; null while one side is taken. */
  merged: string | null
  isDisabled: boolean
  onChange: (body: string | null) => void
}

/** Offers to put the body of a conflict together from both sides. */
export function MergeSection({ wordpress, igny8, merged, isDisabled, onChange }: MergeSectionProps): ReactNode {
  const t = useTranslations('items.conflict')
  const isOpen = merged !== null
  return (
    <div>
      <Button
        size="compact-sm"
        variant="subtle"
        mb={isOpen ? 'sm' : 0}
        aria-expanded={isOpen}
        disabled={isDisabled}
        leftSection={<IconGitMerge size={16} aria-hidden />}
        onClick={() => onChange(isOpen ? null : igny8)}
      >
        {t(isOpen ? 'noMerge' : 'merge')}
      </Button>
      {isOpen && (
        <Suspense fallback={<Skeleton height={160} radius="md" />}>
          <BodyMerge wordpress={wordpress} igny8={igny8} value={merged} isDisabled={isDisabled} onChange={onChange} />
        </Suspense>
      )}
    </div>
  )
}
