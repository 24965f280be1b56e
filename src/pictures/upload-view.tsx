import type { ComponentChildren } from "preact";

import { FileInput, type FilledForm, SubmitButton } from "../views/form.tsx";
import { pictureFile } from "./picture-field.ts";

interface PictureFormProps {
  /** The present picture, or the initial in its place. */
  avatar: ComponentChildren;
  /** The address that the form with the file posts to. */
  action: string;
  /** The address that removes the picture; null if there is none. */
  removal: string | null;
  form: FilledForm;
}

/** Shows a picture with the forms that replace and remove it. */
export function PictureForm({ avatar, action, removal, form }: PictureFormProps) {
  return (
    <div class="flex flex-wrap items-start gap-5">
      {avatar}
      <div class="grid min-w-56 flex-1 gap-5">
        <form class="grid gap-5" method="post" action={action} encType="multipart/form-data">
          <FileInput
            name={pictureFile.field}
            label="Choose a picture"
            accept="image/png,image/jpeg,image/webp"
            hint="PNG, JPEG or WebP, up to 512 KB. It becomes a square."
            errors={form.errors[pictureFile.field]}
          />
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
