import { decompress as zstdDecompress } from 'fzstd'
import kafkajs from 'kafkajs'
import SnappyCodec from 'kafkajs-snappy'
import { compressFrame, decompressFrame } from 'lz4-napi'
import { PulseError } from '../../errors.ts'

type Encoder = { readonly buffer: Buffer }

const lz4 = {
  compress: (encoder: Encoder): Promise<Buffer> => compressFrame(encoder.buffer),
  decompress: (bytes: Buffer): Promise<Buffer> => decompressFrame(bytes),
}

const zstd = {
  compress: async (): Promise<Buffer> => {
    throw new PulseError('USAGE', 'Messages can be read with zstd, not written.')
  },
  decompress: async (bytes: Buffer): Promise<Buffer> => Buffer.from(zstdDecompress(bytes)),
}

/**
 * Makes the client read every codec a producer may use; it brings gzip itself. A batch under a codec
 * that is missing ends a consumer for good. Doing it again changes nothing.
 */
export const registerCodecs = (): void => {
  // the client's named exports leave this one out: it is in the default export only
  const { CompressionCodecs, CompressionTypes } = kafkajs
  CompressionCodecs[CompressionTypes.Snappy] = SnappyCodec
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstd
}
