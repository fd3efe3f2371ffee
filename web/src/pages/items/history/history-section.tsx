import { Button, Group, Skeleton, Title } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { type ReactNode, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Item } from '../../../api/types.ts'
import { lazyPart } from '../../../app/lazy-page.tsx'

const ItemHistory = lazyPart('history', () => import('./item-history.tsx'))

/** The history of an item, loaded when somebody opens it. */
export function HistorySection({ item }: { item: Item }): ReactNode {
  const t = useTranslations('items.history')
  const [isOpen, setOpen] = useState(false)
  return (
    <section className="panel" aria-labelledby="history-heading">
      <Group justify="space-between" p="lg" gap="sm">
        <Title order={2} size="h3" id="history-heading">
          {t('title')}
        </Title>
        <Button
          size="xs"
          variant="default"
          aria-expanded={isOpen}
          leftSection={<IconHistory size={16} aria-hidden />}
          onClick={() => setOpen(!isOpen)}
        >
          {t(isOpen ? 'hide' : 'show')}
        </Button>
      </Group>
      {isOpen && (
        <Suspense fallback={<Skeleton height={160} m="lg" mt={0} radius="md" />}>
          <ItemHistory item={item} />
        </Suspense>
      )}
    </section>
  )
}
