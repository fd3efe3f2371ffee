import { Button, Text, UnstyledButton } from '@mantine/core'
import { IconPhotoSearch } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { type KnownImage, useKnownImages } from '../queries/item-search.ts'
import classes from './image-library.module.css'

interface ImageLibraryProps {
  siteId: string
  /** Address of the chosen image. */
  chosen: string
  onChoose: (image: KnownImage) => void
}

function Images({ siteId, chosen, onChoose }: ImageLibraryProps): ReactNode {
  const t = useTranslations('editor.library')
  const images = useKnownImages(siteId, true)
  if (images === undefined) return <Text size="sm">{t('loading')}</Text>
  if (images.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('empty')}
      </Text>
    )
  return (
    <ul className={classes.grid} aria-label={t('label')}>
      {images.map((image) => (
        <li key={image.url}>
          <UnstyledButton
            className={classes.choice}
            aria-pressed={image.url === chosen}
            aria-label={image.alt || (image.url.split('/').at(-1) ?? image.url)}
            title={image.alt || image.url}
            onClick={() => onChoose(image)}
          >
            <img src={image.url} alt="" loading="lazy" referrerPolicy="no-referrer" />
          </UnstyledButton>
        </li>
      ))}
    </ul>
  )
}

/** Images that the site has already, of which one can be chosen. They are loaded when somebody wants to see them. */
export function ImageLibrary(props: ImageLibraryProps): ReactNode {
  const t = useTranslations('editor.library')
  const [isOpen, setOpen] = useState(false)
  return (
    <div>
      <Button
        size="compact-sm"
        variant="subtle"
        mt="xs"
        mb="xs"
        h="auto"
        styles={{ label: { whiteSpace: 'normal' } }}
        aria-expanded={isOpen}
        leftSection={<IconPhotoSearch size={16} aria-hidden />}
        onClick={() => setOpen(!isOpen)}
      >
        {t('button')}
      </Button>
      {isOpen && <Images {...props} />}
    </div>
  )
}
