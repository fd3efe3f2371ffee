import { Button, Fieldset, Stack, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Item } from '../../../api/types.ts'
import { ImageLibrary } from '../../../components/image-library.tsx'
import { useFieldLabel } from '../field-label.ts'
import type { Draft } from '../use-draft.ts'
import classes from './edit.module.css'

const WEB = /^https?:\/\/\S+$/i

function Thumbnail({ url, alt }: { url: string; alt: string }): ReactNode {
  const t = useTranslations('editor.image')
  const [broken, setBroken] = useState<string | null>(null)
  if (broken === url) return <div className={classes.broken}>{t('notFound')}</div>
  return (
    <img
      className={classes.thumbnail}
      src={url}
      alt={alt}
      referrerPolicy="no-referrer"
      onError={() => setBroken(url)}
    />
  )
}

/** The image that stands for the item: by address, or one that the site has already. */
export function FeaturedField({
  draft,
  item,
  errors,
}: {
  draft: Draft
  item: Item
  errors: Record<string, string>
}): ReactNode {
  const t = useTranslations('editor.featured')
  const image = useTranslations('editor.image')
  const fieldLabel = useFieldLabel()
  const url = draft.values['featured.url'].trim()
  const isWrong = url !== '' && !WEB.test(url)
  return (
    <Fieldset legend={fieldLabel('featured')} p="sm">
      <Stack gap="xs">
        {url !== '' && !isWrong && <Thumbnail url={url} alt={draft.values['featured.alt']} />}
        <TextInput
          label={image('address')}
          placeholder="https://"
          value={draft.values['featured.url']}
          onChange={draft.set('featured.url')}
          error={isWrong ? image('addressWrong') : (errors['featured_image.url'] ?? errors['featured_image'])}
        />
        {url !== '' && (
          <TextInput
            label={image('alt')}
            placeholder={image('altHint')}
            value={draft.values['featured.alt']}
            onChange={draft.set('featured.alt')}
            error={errors['featured_image.alt']}
          />
        )}
        <ImageLibrary
          siteId={item.site_id}
          chosen={url}
          onChoose={(chosen) => {
            draft.change('featured.url', chosen.url)
            draft.change('featured.alt', chosen.alt)
          }}
        />
        {url !== '' && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            style={{ alignSelf: 'flex-start' }}
            onClick={() => {
              draft.change('featured.url', '')
              draft.change('featured.alt', '')
            }}
          >
            {t('remove')}
          </Button>
        )}
      </Stack>
    </Fieldset>
  )
}
