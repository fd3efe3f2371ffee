/** The version of API, app and plugin. `npm run release` writes it here and wherever else it stands (scripts/release/places.ts). */
export const RELEASE = '0.2.0'
