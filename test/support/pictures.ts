import { crc32, deflateSync } from "node:zlib";

import sharp from "sharp";

/** A picture with noise, so that it has some size, and with the place where it was taken. */
const draw = (width = 300, height = 200) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: "red",
      noise: { type: "gaussian", mean: 128, sigma: 30 },
    },
  }).withExif({ IFD0: { Copyright: "Planted-Words" } });

export const drawPng = (width?: number, height?: number) => draw(width, height).png().toBuffer();
export const drawJpeg = (width?: number, height?: number) => draw(width, height).jpeg().toBuffer();
export const drawWebp = (width?: number, height?: number) => draw(width, height).webp().toBuffer();

/** A WebP of two frames. */
export async function drawMoving(): Promise<Buffer> {
  const frames = await Promise.all([drawPng(50, 50), drawPng(50, 50)]);
  return sharp(frames, { join: { animated: true } })
    .webp({ delay: 100 })
    .toBuffer();
}

/** A whole PNG of 30,000 × 30,000 pixels in 110 KB. Four bytes a pixel, it would take 3.6 GB. */
export function makeBomb(): Buffer {
  const side = 30_000;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // One bit a pixel.
  header[8] = 1;
  const rows = Buffer.alloc((Math.ceil(side / 8) + 1) * side);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

export const svg = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>',
);
