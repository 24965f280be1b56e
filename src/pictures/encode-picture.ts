import { bulkhead } from "cockatiel";
import type { Metadata, Sharp, SharpOptions } from "sharp";

import { limitUploads } from "../http/upload.ts";

/** Pixels of a side. */
const size = 256;

/** A picture of 512 KB can unfold into gigabytes. */
const mostPixels = 4_096 * 4_096;

/** Nothing else is decoded: no SVG, which can load other files, and none of libvips' other formats. */
const decoders = ["Png", "Jpeg", "Webp"].map((name) => `VipsForeignLoad${name}Buffer`);

/** One picture is decoded at a time, so that the memory for its pixels is needed once. */
const encoding = bulkhead(1, 16);

/** Whether the picture fills the square and loses its edges (a face), or is shown whole (a logo). */
export type Fit = "cover" | "contain";

/**
 * Makes a square WebP of a picture that a person sent, without its metadata (place, camera, thumbnails). Only pixels of the
 * original remain, so a file that is also something else does no harm.
 *
 * @returns the picture; or the fault, in words for the person
 * @throws server.busy
 */
export async function encodePicture(
  bytes: Uint8Array,
  fit: Fit,
): Promise<{ content: Uint8Array<ArrayBuffer> } | { fault: string }> {
  const open = await loadSharp();
  return limitUploads(encoding, async () => {
    try {
      // Reads the header only.
      const fault = findFault(await open(bytes, { limitInputPixels: false }).metadata());
      if (fault !== null) return { fault };
      const options = { limitInputPixels: mostPixels, failOn: "error", autoOrient: true } as const;
      const encoded = await open(bytes, options)
        .resize(size, size, { fit, background: "#fff" })
        .flatten({ background: "#fff" })
        .webp({ quality: 85 })
        .timeout({ seconds: 1 })
        .toBuffer();
      return { content: new Uint8Array(encoded) };
    } catch {
      // libvips says why in words that are not for people.
      return { fault: "This picture cannot be read. Please choose a PNG, JPEG or WebP picture." };
    }
  });
}

function findFault({ width, height, pages = 1 }: Metadata): string | null {
  if (width * height > mostPixels) {
    return "This picture has too many pixels. Please choose one of at most 4096 × 4096.";
  }
  return pages > 1 ? "This picture is animated. Please choose a still one." : null;
}

type OpenPicture = (bytes: Uint8Array, options: SharpOptions) => Sharp;

let loaded: Promise<OpenPicture> | undefined;

/** Loads sharp with the first picture: it takes 20 MB, and an instance may never need it. */
function loadSharp(): Promise<OpenPicture> {
  loaded ??= import("sharp").then(({ default: sharp }) => {
    sharp.concurrency(1);
    sharp.cache(false);
    sharp.block({ operation: ["VipsForeignLoad"] });
    sharp.unblock({ operation: decoders });
    return sharp;
  });
  return loaded;
}
