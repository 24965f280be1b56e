import type { ComponentChildren, HTMLAttributes } from "preact";

import { assets } from "../views/assets.ts";
import { FileInput, type FilledForm, SubmitButton } from "../views/form.tsx";
import { pictureFile } from "./picture-field.ts";

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "picture-field": HTMLAttributes<HTMLElement> & { "data-most": number };
    }
  }
}

interface PictureFormProps {
  /** The present picture, or the initial in its place. */
  avatar: ComponentChildren;
  /** The address that the form with the file posts to. */
  action: string;
  /** The address that removes the picture; null if there is none. */
  removal: string | null;
  form: FilledForm;
}

/**
 * Shows a picture with the forms that replace and remove it. A larger file is made smaller before it is sent
 * (public/picture-field.js); without JavaScript the person has to do that.
 */
export function PictureForm({ avatar, action, removal, form }: PictureFormProps) {
  return (
    <div class="flex flex-wrap items-start gap-5">
      {avatar}
      <div class="grid min-w-56 flex-1 gap-5">
        <form class="grid gap-5" method="post" action={action} encType="multipart/form-data">
          <picture-field class="block" data-most={pictureFile.most}>
            <script type="module" src={assets.pathOf("picture-field.js")} />
            <FileInput
              name={pictureFile.field}
              label="Choose a picture"
              accept="image/png,image/jpeg,image/webp"
              hint="PNG, JPEG or WebP, up to 512 KB. It becomes a square."
              errors={form.errors[pictureFile.field]}
            />
          </picture-field>
          <div>
            <SubmitButton tone="plain">Upload picture</SubmitButton>
          </div>
        </form>
        {removal !== null && (
          <form method="post" action={removal}>
            <button type="submit" class="link">
              Remove picture
            </button>
          </form>
        )}
      </div>
    </div>
  );
}
