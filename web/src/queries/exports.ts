import { useMutation, type UseMutationResult } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { isCode } from '../api/errors.ts'
import { type ExportSource, fetchExport, newDownload, saveFile } from '../api/export.ts'

interface Export {
  download: UseMutationResult<boolean, Error, void>
  /** Bytes that have come so far. */
  bytes: number
}

/** Downloads an export. Resolves to whether it is complete. */
export function useExport(source: ExportSource): Export {
  const [bytes, setBytes] = useState(0)
  const progress = useRef(newDownload())
  const download = useMutation({
    mutationFn: async () => {
      setBytes(progress.current.bytes)
      const { file, name, isComplete } = await fetchExport(source, progress.current, setBytes)
      saveFile(file, name)
      return isComplete
    },
    // a long download outlives the sign-in that allows it: it goes on once the person has typed their password
    onSettled: (_isComplete, error) => {
      if (!isCode(error, 'recent_sign_in_required')) progress.current = newDownload()
    },
  })
  return { download, bytes }
}
