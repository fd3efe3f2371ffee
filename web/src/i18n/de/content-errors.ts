const text = (title: string, fix: string) => ({ title, fix })

/** Refusals because of what somebody decided about single items. */
export const contentErrors = {
  post_left_alone: text(
    'In WordPress wurde festgelegt, dass IGNY8 diesen Beitrag in Ruhe lässt',
    'Fragen Sie dort nach, oder klicken Sie im Editor von WordPress im Bereich IGNY8 auf „Diesen Beitrag wieder abgleichen“.',
  ),
}
