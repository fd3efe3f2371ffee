/** Dollars a month for 100,000 sites with 500 items, 3 edits a day, a fifth of them served by polling. */
export const TARGET_DOLLARS = 1_500
/** With 5,000 items instead of 500, at most so many times as much. */
export const TARGET_OF_SIZE = 1.2
