import { Avatar } from "./avatar.tsx";
import { HeaderLink, HeaderMenu, menuRowClass } from "./header-menu.tsx";
import { Icon } from "./icon.tsx";
import type { Viewer } from "./viewer.ts";

const classes = {
  menu: "dropdown-end",
  button: "gap-1.5 rounded-full px-1.5",
  panel: "sm:end-0 sm:w-72",
};

/** The menu of the signed-in person: their account, and signing out (a POST, since it changes state). */
export function AccountMenu({ viewer }: { viewer: Viewer }) {
  const button = (
    <>
      <Avatar name={viewer.name} imageUrl={viewer.avatarUrl} size="small" />
      <span class="sr-only">Account menu of {viewer.name}</span>
    </>
  );
  return (
    <HeaderMenu label="Account" classes={classes} button={button}>
      <div class="border-b border-base-300 px-4.5 py-3.5">
        <p class="break-name font-semibold">{viewer.name}</p>
        <p class="break-name text-sm text-base-content/75">{viewer.email ?? "No e-mail address"}</p>
      </div>
      <ul class="p-2">
        <HeaderLink href="/account" icon="person" text="Your account" />
        <li>
          <form method="post" action="/sign-out">
            <button type="submit" class={`${menuRowClass} cursor-pointer`}>
              <Icon name="signOut" />
              Sign out
            </button>
          </form>
        </li>
      </ul>
    </HeaderMenu>
  );
}
