const text = (title: string, fix: string) => ({ title, fix })

/** Refusals because of what somebody decided about single items. */
export const contentErrors = {
  post_left_alone: text(
    'In WordPress wurde festgelegt, dass IGNY8 diesen Beitrag in Ruhe lässt',
    'Fragen Sie dort nach, oder klicken Sie im Editor von WordPress im Bereich IGNY8 auf „Diesen Beitrag wieder abgleichen“.',
  ),
  version_not_kept: text(
    'Diese Fassung ist nicht mehr aufbewahrt',
    'Laden Sie die Fassungen neu: Eine Fassung bleibt 30 Tage, nachdem eine andere an ihre Stelle getreten ist.',
  ),
}
