import type { HTMLAttributes } from "preact";

import { assets } from "./assets.ts";

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "copy-field": HTMLAttributes<HTMLElement>;
    }
  }
}

interface CopyFieldProps {
  id: string;
  label: string;
  note: string;
  value: string;
}

/**
 * @public A text to take elsewhere, such as a link, with a button that copies it (public/copy-field.js). Without JavaScript, people
 *   select the text of the field.
 */
export function CopyField({ id, label, note, value }: CopyFieldProps) {
  return (
    <div class="grid gap-2">
      <label class="break-name" for={id}>
        <span class="font-semibold">{label}</span>
        <span class="block text-sm text-base-content/75">{note}</span>
      </label>
      <copy-field class="flex gap-2">
        <script type="module" src={assets.pathOf("copy-field.js")} />
        <input id={id} class="input min-w-0 flex-1 text-base" value={value} readonly />
        <button class="btn btn-outline text-base" type="button" hidden>
          <span>Copy</span>
          <span class="sr-only">{label}</span>
        </button>
        <span class="sr-only" role="status" />
      </copy-field>
    </div>
  );
}
