/** Errors of backups, restores, exports and imports. Their shape is that of errors.ts. */
export const KEEPING_ERRORS = {
  file_line_invalid: {
    status: 400,
    title: 'A line of the file is not valid',
    fix: 'Nothing was changed. Export the file again; the line is named in detail.',
  },
  file_damaged: {
    status: 400,
    title: 'The file is damaged',
    fix: 'Nothing was changed. Export or download the file again.',
  },
  file_incomplete: {
    status: 400,
    title: 'The file ends too early',
    fix: 'Nothing was changed. Export or download the file again.',
  },
  file_unknown: {
    status: 400,
    title: 'The file is no export of a site that this version can read',
    fix: 'Choose a file that “Export” in the settings of a site has made.',
  },
  file_too_large: {
    status: 413,
    title: 'The file is too large',
    fix: 'Ask the operator of this server to restore the site from a backup.',
  },
  operator_token_invalid: {
    status: 401,
    title: 'This needs the operator’s token',
    fix: 'Send OPERATOR_TOKEN of the deployment as Authorization: Bearer.',
  },
  backup_not_found: { status: 404, title: 'Backup not found', fix: 'Start a backup; its id is good for a day.' },
  import_not_found: { status: 404, title: 'No import is under way', fix: 'Start one.' },
  restore_not_found: { status: 404, title: 'Restore not found', fix: 'Check the id; start a restore.' },
  import_running: {
    status: 409,
    title: 'An import is being carried out',
    fix: 'Wait until it is done.',
  },
  part_out_of_order: {
    status: 409,
    title: 'Another part of the file is expected',
    fix: 'Send the part that detail names.',
  },
  dump_ended: {
    status: 409,
    title: 'The reading of this backup has ended',
    fix: 'Read the site again from its beginning.',
  },
  database_not_empty: {
    status: 409,
    title: 'The database is not empty',
    fix: 'Restore everything into a new deployment; wind a database that is in use back by D1 Time Travel.',
  },
  object_not_empty: {
    status: 409,
    title: 'The site has content here',
    fix: 'Say that it is to be replaced, if that is meant.',
  },
  secrets_differ: {
    status: 409,
    title: 'The deployment has other secrets than the backup',
    fix: 'Put the secrets that detail names as they were: without them keys, passwords and connections are useless.',
  },
  backup_newer: {
    status: 409,
    title: 'The backup is of a later version',
    fix: 'Deploy the version that made it, or a later one.',
  },
  moment_not_kept: {
    status: 409,
    title: 'The site can’t be put back to this moment',
    fix: 'Choose a later moment, or one that has passed; detail names the earliest.',
  },
  restore_running: { status: 409, title: 'Another restore is under way', fix: 'Wait until it is done.' },
  rewind_unavailable: {
    status: 501,
    title: 'This platform can’t wind an object back',
    fix: 'Put the site back by its journal.',
  },
} as const
