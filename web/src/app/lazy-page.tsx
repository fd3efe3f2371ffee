import { type ComponentType, lazy, type ReactNode, useMemo } from 'react'
import { IntlProvider, useLocale, useMessages } from 'use-intl'
import type { Area } from '../i18n/areas.ts'
import { preferredLocale } from '../i18n/index.ts'
import { loadTexts, textsOf } from '../i18n/texts.ts'

interface AddedTextsProps {
  area: Area
  own: object
  children: ReactNode
}

function AddedTexts({ area, own, children }: AddedTextsProps): ReactNode {
  const locale = useLocale()
  const outer = useMessages()
  const messages = useMemo(() => ({ ...outer, [area]: own }), [outer, area, own])
  return (
    <IntlProvider locale={locale} messages={messages}>
      {children}
    </IntlProvider>
  )
}

/**
 * Adds the texts of an area to the loaded ones, and suspends until they are there. It does nothing else, since React can't
 * replay hooks that come after a suspension.
 */
function AreaTexts({ area, children }: Omit<AddedTextsProps, 'own'>): ReactNode {
  const own = textsOf(useLocale(), area)
  return (
    <AddedTexts area={area} own={own}>
      {children}
    </AddedTexts>
  )
}

/** A page and the texts of its area, loaded in parallel on the first visit. */
export function lazyPage(area: Area, load: () => Promise<{ default: ComponentType }>): ComponentType {
  return lazy(async () => {
    const [{ default: Page }] = await Promise.all([load(), loadTexts(preferredLocale(), area)])
    const PageWithTexts = (): ReactNode => (
      <AreaTexts area={area}>
        <Page />
      </AreaTexts>
    )
    return { default: PageWithTexts }
  })
}

/**
 * A part of a page with the texts of an area of its own, loaded when it is first shown: what few visitors of the page need
 * costs the others nothing.
 */
export function lazyPart<P extends object>(
  area: Area,
  load: () => Promise<{ default: ComponentType<P> }>,
): ComponentType<P> {
  return lazy(async () => {
    const [{ default: Part }] = await Promise.all([load(), loadTexts(preferredLocale(), area)])
    const PartWithTexts = (props: P): ReactNode => (
      <AreaTexts area={area}>
        <Part {...props} />
      </AreaTexts>
    )
    return { default: PartWithTexts }
  })
}
