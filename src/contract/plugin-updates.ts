/**
 * What the plugin is told about its own releases: a document that the deployment signs and the Worker serves as a file
 * (docs/protocol.md, "Updates of the plugin"). The plugin's side is `includes/Updates/` of the plugin.
 */
import * as z from 'zod'

export const PLUGIN_SLUG = 'igny8-wordpress-bridge'

/** Where the signed document and the zip for new sites are served. */
export const PLUGIN_MANIFEST_PATH = '/plugin/manifest.json'
export const PLUGIN_ZIP_PATH = `/plugin/${PLUGIN_SLUG}.zip`

/** Where a release's zip is served. */
export const pluginPackagePath = (version: string) => `/plugin/${version}/${PLUGIN_SLUG}.zip`

/** Stands before the document in what is signed, so that a signature over anything else is none. */
export const PLUGIN_MANIFEST_LABEL = 'igny8-plugin-manifest\n'

const Version = z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/)
const Requirement = z.string().regex(/^\d{1,3}(?:\.\d{1,3}){1,2}$/)
const Share = z.number().int().min(0).max(100)

const PluginRelease = z
  .object({
    version: Version,
    /** Least versions of WordPress and PHP, and the newest WordPress it was tested with. */
    requires: Requirement,
    requires_php: Requirement,
    tested: Requirement,
    /** Path on the server that serves the document; never another host. */
    package: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.number().int().positive(),
    /** Percent of the sites that get it. */
    share: Share,
    /** One line an entry, in English, plain text. */
    changelog: z.array(z.string()),
  })
  .refine((release) => release.package === pluginPackagePath(release.version), { path: ['package'] })
export type PluginRelease = z.infer<typeof PluginRelease>

/** The document. `serial` grows with each change: a site refuses one with a smaller serial than it has seen. */
export const PluginManifest = z.object({
  format: z.literal(1),
  slug: z.literal(PLUGIN_SLUG),
  /** Address of the server that it is for, so that staging's passes for no other's. */
  server: z.url(),
  serial: z.number().int().positive(),
  /** The newest first. */
  releases: z.array(PluginRelease).min(1).max(10),
  /** Versions that sites are to leave, each with the reason in a sentence. */
  withdrawn: z.record(Version, z.string().min(1).max(300)),
})
export type PluginManifest = z.infer<typeof PluginManifest>

/** As served: the document as text, and an Ed25519 signature (base64) over label and text by each key, named by its id. */
export const SignedPluginManifest = z.object({
  manifest: z.string(),
  signatures: z
    .array(z.object({ key: z.string().regex(/^[0-9a-f]{16}$/), signature: z.base64() }))
    .min(1)
    .max(10),
})
export type SignedPluginManifest = z.infer<typeof SignedPluginManifest>

/** What an operator chooses about the plugin: `plugin` in `deploy/<environment>.json`. */
export const PluginRollout = z.strictObject({
  /** Percent of the sites that are offered the newest release. */
  share: Share.default(100),
  withdrawn: PluginManifest.shape.withdrawn.default({}),
})
export type PluginRollout = z.infer<typeof PluginRollout>
