declare module 'kafkajs-snappy' {
  const SnappyCodec: () => {
    compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>
    decompress(bytes: Buffer): Promise<Buffer>
  }
  export default SnappyCodec
}
